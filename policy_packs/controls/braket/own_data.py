"""T4: a project's policies speak of its own buckets, keys, logs and roles, and of no other project's.

The boundary says so too, but only in the cloud and only for roles; here it is seen before anything is made,
and in policies on buckets and keys as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policy_packs.controls.aws import (
    ALIAS,
    BUCKET,
    BUCKET_POLICY,
    IDENTITY_POLICIES,
    KEYS,
    NOTEBOOK,
    ROLE,
    SECRET,
    TOPIC_POLICY,
    identity_documents,
)
from policy_packs.controls.control import (
    CannotDecide,
    Control,
    Finding,
    Resource,
    Severity,
    Stack,
    fail,
    undecided,
)
from policy_packs.controls.iam_document import Statement, covers, opened, read_document
from policy_packs.controls.stack_facts import Declared, StackFacts

_DOCUMENTS = {
    ROLE: "assumeRolePolicy",
    **dict.fromkeys(KEYS, "policy"),
    BUCKET_POLICY: "policy",
    TOPIC_POLICY: "policy",
}
_HAND_ON = ("iam:PassRole", "sts:AssumeRole")
_USE = ("kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt", "kms:ReEncryptFrom")
_SERVICE_ROLES = "role/aws-service-role/"  # AWS's own; no project can make or take one


@dataclass(frozen=True)
class _Own:
    """What the stack makes, by the names that policies use."""

    buckets: frozenset[str]
    aliases: frozenset[str]
    keys: frozenset[str]  # ARNs, as far as they are known
    roles: frozenset[str]  # ARNs
    secrets: frozenset[str]  # the folders they lie in: an ARN ends with characters that AWS chooses
    notebooks: frozenset[str]
    streams: str  # what log streams of hybrid jobs begin with


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if not declared.is_project:
        return
    own = _own(stack, declared)
    for resource in stack.of_type(*IDENTITY_POLICIES, *_DOCUMENTS):
        try:
            for what in _judge(resource, own, declared):
                yield fail(what, resource)
        except CannotDecide as problem:
            yield undecided(str(problem), resource)


def _own(stack: Stack, declared: Declared) -> _Own:
    roles = (
        f"arn:aws:iam::{declared.account}:role{role['path'].text() or '/'}{role['name'].text()}"
        for role in stack.of_type(ROLE)
    )
    return _Own(
        buckets=frozenset(bucket["bucket"].text() for bucket in stack.of_type(BUCKET)) - {""},
        aliases=frozenset(alias["name"].text() for alias in stack.of_type(ALIAS)) - {""},
        keys=frozenset(key["arn"].text() for key in stack.of_type(*KEYS)) - {""},
        roles=frozenset(roles),
        secrets=frozenset(_folders(stack, declared)),
        notebooks=frozenset(notebook["name"].text() for notebook in stack.of_type(NOTEBOOK)) - {""},
        streams=f"log-stream:{declared.project}--",
    )


def _folders(stack: Stack, declared: Declared) -> Iterator[str]:
    """Folders with secrets of the stack; one that does not name the project is not its own."""
    for secret in stack.of_type(SECRET):
        folder = secret["name"].text().rpartition("/")[0] + "/"
        if f"/{declared.project}/" in folder:
            yield folder


def _judge(resource: Resource, own: _Own, declared: Declared) -> Iterator[str]:
    if resource.type in IDENTITY_POLICIES:
        for document in identity_documents(resource):
            for statement in document.allows():
                yield from _judge_grant(statement, own)
    if resource.type in _DOCUMENTS:
        for statement in read_document(resource[_DOCUMENTS[resource.type]]).allows():
            if resource.type in KEYS and not statement.not_actions and not statement.may(*_USE):
                continue  # its administrators are the environment's
            yield from _judge_principals(statement, own, declared)


def _judge_grant(statement: Statement, own: _Own) -> Iterator[str]:
    for resource in statement.resources:
        parts = opened(resource).split(":", 5)
        if len(parts) < 6:
            if any(action.lower().startswith("s3:") for action in statement.actions):
                yield f"{statement.label} reaches buckets of other projects: {resource}"
            if statement.may(*_USE) and not _own_keys(statement, resource, own):
                yield f"{statement.label} reaches keys of other projects: {resource}"
        elif covers(parts[2], "s3") and parts[5].split("/", 1)[0] not in own.buckets:
            yield f"{statement.label} reaches {resource}, which is no bucket of this stack"
        elif covers(parts[2], "logs") and own.streams not in parts[5]:
            yield f"{statement.label} reaches {resource}, more than the streams {own.streams}…"
        elif covers(parts[2], "secretsmanager") and not parts[5].startswith(
            tuple(f"secret:{folder}" for folder in own.secrets)
        ):
            yield f"{statement.label} reaches {resource}, which is no secret of this stack"
        elif covers(parts[2], "sagemaker") and parts[5].partition("/")[2] not in own.notebooks:
            yield f"{statement.label} reaches {resource}, which is no notebook of this stack"
        elif covers(parts[2], "kms") and not _own_keys(statement, resource, own):
            yield f"{statement.label} reaches {resource}, which is no key of this stack"
    for alias in statement.pinned("kms:ResourceAliases"):
        if alias not in own.aliases:
            yield f"{statement.label} reaches the key {alias}, which is no alias of this stack"
    if statement.may(*_HAND_ON):
        yield from _strangers(statement, statement.resources, own)


def _own_keys(statement: Statement, resource: str, own: _Own) -> bool:
    """By ARN, or by a condition on aliases, whose values are judged by themselves."""
    alias = f"alias/{resource.partition(':alias/')[2]}"
    return resource in own.keys or alias in own.aliases or bool(statement.pinned("kms:ResourceAliases"))


def _judge_principals(statement: Statement, own: _Own, declared: Declared) -> Iterator[str]:
    named = statement.principals.get("AWS", ())
    account = {declared.account, f"arn:aws:iam::{declared.account}:root"}
    yield from _strangers(statement, (name for name in named if name not in account), own)
    if account & set(named):
        yield from _strangers(statement, statement.pinned("aws:PrincipalArn"), own)


def _strangers(statement: Statement, roles: Iterable[str], own: _Own) -> Iterator[str]:
    for name in roles:
        if name not in own.roles and not name.partition("::")[2].partition(":")[2].startswith(_SERVICE_ROLES):
            yield f"{statement.label} names {name}, which is no role of this stack"


CONTROL = Control(
    id="qlz-t4-own-data",
    title="A project reaches its own things only",
    why="A project that can read another's bucket, use its key or act as its role has its data.",
    fix="Name buckets, key aliases and roles of this stack; log streams begin with the project and --.",
    requirements=("T4", "I8"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("SC-7(21)", "AC-4", "AC-3"),
        "iso-27001-2022-annex-a": ("A.8.3", "A.8.22"),
        "ncsc-cloud-principles": ("3",),
        "csa-ccm-4": ("IVS-06", "DSP-17"),
        "uk-gdpr": ("32",),
    },
    types=(*IDENTITY_POLICIES, *KEYS, BUCKET_POLICY, TOPIC_POLICY),
    judge_stack=judge_stack,
    admits_exceptions=False,
)
