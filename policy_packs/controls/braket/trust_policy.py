"""I1, I2, I4: who may assume a role: one kind of identity, named exactly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_packs.controls.aws import ROLE, SERVICE_LINKED_ROLE, role_arn
from policy_packs.controls.braket.role_policies import row_of
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail
from policy_packs.controls.iam_document import Statement, read_document
from policy_packs.controls.stack_facts import Declared, Pipelines, StackFacts

_SERVICES = (
    "braket.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "events.amazonaws.com",
    "s3.amazonaws.com",
    "scheduler.amazonaws.com",
)
_NOTEBOOKS = "sagemaker.amazonaws.com"  # takes the role of a project's notebook, and no other
# These say whom they act for when they take a role. S3 does not, where it copies.
_SAY_FOR_WHOM = tuple(name for name in _SERVICES if name != "s3.amazonaws.com")
_SAML_AUDIENCE = "https://signin.aws.amazon.com/saml"
# Not sts:TagSession: session tags would overlay the role's own, which keep the projects apart.
_BESIDE = ("sts:setsourceidentity",)
_ACTIONS = {
    "saml": "sts:assumerolewithsaml",
    "oidc": "sts:assumerolewithwebidentity",
    "service": "sts:assumerole",
    "break-glass": "sts:assumerole",
}


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if resource.type == SERVICE_LINKED_ROLE:
        yield from expect(
            resource["awsServiceName"],
            lambda service: service in _SERVICES,
            "it lets in a service that this landing zone does not use",
        )
        return
    declared = facts.need()
    own = declared.own_roles.get(role_arn(resource, declared.account), "")
    wanted = (row_of(resource["name"].text(), declared) or {}).get("trusts", "")
    trusted: set[str] = set()
    for statement in read_document(resource["assumeRolePolicy"]).allows():
        if statement.everyone():
            yield fail(f"{statement.label} of its trust policy lets everybody in")
            continue
        for kind, names in statement.principals.items():
            for name in names:
                who = _kind(kind, name, declared.account)
                if kind == "AWS" and name == declared.break_glass != "":
                    who = "break-glass"
                if name == _NOTEBOOKS and not _notebooks(resource, declared):
                    yield fail(f"{statement.label} lets in {name}, which takes a notebook's role alone")
                if wanted and wanted not in (who, name):
                    yield fail(
                        f"{statement.label} lets in {name}, and a role of its kind trusts {wanted} alone"
                    )
                trusted.add(f"{who} {name}" if who == "oidc" else who)
                yield from _judge_principal(statement, who, name, declared, own)
        if not statement.principals:
            yield fail(f"{statement.label} names no principal")
        if _elevated(resource, declared) and not _by_name(statement):
            yield fail(f"{statement.label} lets people in without a name (sts:SourceIdentity)")
    if len(trusted) > 1:
        yield fail(f"its trust is shared between kinds of identity: {', '.join(sorted(trusted))}")


def _elevated(role: Resource, declared: Declared) -> bool:
    label = declared.label or declared.environment
    return declared.is_project and role["name"].text() == f"qlz-{declared.project}-{label}-elevated"


def _by_name(statement: Statement) -> bool:
    """Whether who comes in sets a source identity, in whose name grants for a time are made."""
    return any(
        each.key == "sts:sourceidentity" and each.operator in ("stringlike", "stringequals") and each.values
        for each in statement.conditions
    )


def _notebooks(role: Resource, declared: Declared) -> bool:
    label = declared.label or declared.environment
    return declared.is_project and role["name"].text() == f"qlz-{declared.project}-{label}-notebook"


def _kind(kind: str, name: str, account: str) -> str:
    prefix = f"arn:aws:iam::{account}:"
    if kind == "Federated" and name.startswith(f"{prefix}saml-provider/"):
        return "saml"
    if kind == "Federated" and name.startswith(f"{prefix}oidc-provider/"):
        return "oidc"
    if kind == "Service" and name in (*_SERVICES, _NOTEBOOKS):
        return "service"
    return "stranger"  # roles of the account, too: whoever may take one could go on to the other


def _judge_principal(
    statement: Statement, who: str, name: str, declared: Declared, own: str
) -> Iterator[Finding]:
    if who == "stranger":
        yield fail(
            f"{statement.label} lets in {name}, which is no SAML or OIDC provider of this account and no"
            " service in use"
        )
        return
    odd = [a for a in statement.actions if a.lower() not in (_ACTIONS[who], *_BESIDE)]
    if odd or statement.not_actions:
        yield fail(f"{statement.label} allows more than {_ACTIONS[who]}")
    if name in _SAY_FOR_WHOM and not statement.sourced(declared.account):
        yield fail(f"{statement.label} lets in {name} on behalf of any account")
    if who == "saml" and statement.pinned("SAML:aud") != (_SAML_AUDIENCE,):
        yield fail(f"{statement.label} does not pin SAML:aud to {_SAML_AUDIENCE}")
    if who == "saml" and declared.saml and name.rpartition("/")[2] != declared.saml:
        yield fail(f"{statement.label} lets in {name}, not the identity provider of the stack file")
    if who == "break-glass":
        yield from _judge_break_glass(statement, name, own)
    if who == "oidc":
        yield from _judge_oidc(statement, name.split(":oidc-provider/", 1)[1], declared, own)


def _judge_break_glass(statement: Statement, name: str, own: str) -> Iterator[Finding]:
    if own != "break-glass":
        yield fail(f"{statement.label} lets in {name}, which may enter the break-glass role alone")
    shown = any(
        (each.operator, each.key, each.values) == ("bool", "aws:multifactorauthpresent", ("true",))
        for each in statement.conditions
    )
    if ":user/" in name and not shown:
        yield fail(f"{statement.label} lets a user in without MFA (aws:MultiFactorAuthPresent)")


def _judge_oidc(statement: Statement, issuer: str, declared: Declared, own: str) -> Iterator[Finding]:
    audiences = statement.pinned(f"{issuer}:aud")
    if len(audiences) != 1 or (declared.audiences and audiences[0] not in declared.audiences):
        yield fail(f"{statement.label} does not pin the audience ({issuer}:aud)")
    subjects = set(statement.pinned(f"{issuer}:sub"))
    if len({re.sub(r"@[0-9]+", "", subject) for subject in subjects}) != 1:
        yield fail(f"{statement.label} does not pin one exact subject ({issuer}:sub)")
        return
    expected, repository_id = _expected(declared, own)
    if declared.is_environment and not expected:
        yield fail(f"{statement.label} lets a pipeline into a role that the stack file gives none")
        return
    strangers = sorted(subjects - expected)
    if strangers:
        yield fail(f"{statement.label} lets in {strangers[0]}, not the pipeline of the stack file")
    if repository_id and statement.pinned(f"{issuer}:repository_id") != (repository_id,):
        yield fail(f"{statement.label} does not pin the repository's id, and names can be taken over")


def _expected(declared: Declared, own: str) -> tuple[set[str], str]:
    """The subjects of the pipeline that the stack file gives a role, and its repository's id or none."""
    ci = declared.ci
    if declared.is_project:
        place = declared.pipeline_environment
        ci = Pipelines(
            declared.pipeline_kind, declared.repository, declared.repository_id, declared.owner_id, {}
        )
    else:
        place = ci.places.get(own, "") if ci else ""
    if not ci or not place:
        return set(), ""
    if ci.kind == "gitlab":
        return {f"project_path:{ci.repository}:ref_type:branch:ref:{place}"}, ""
    if ci.kind == "azure-devops":
        return {f"sc://{ci.repository}/{place}"}, ""
    return _github(ci.repository, ci.repository_id, ci.owner_id, place), ci.repository_id


def _github(repository: str, repository_id: str, owner_id: str, environment: str) -> set[str]:
    """A subject in both forms: names alone, or (repositories made since 2026-07) names with ids."""
    owner, _, name = repository.partition("/")
    with_ids = f"{owner}@{owner_id}/{name}@{repository_id}"
    return {f"repo:{form}:environment:{environment}" for form in (repository, with_ids)}


CONTROL = Control(
    id="qlz-i2-trust-pinned",
    title="Roles trust exactly one kind of identity",
    why="Whoever a trust policy lets in is the role, so a wildcard there gives the role to strangers.",
    fix=(
        "Trust one provider, with audience and subject under StringEquals and no wildcard, or one service,"
        " with aws:SourceAccount."
    ),
    requirements=("I1", "I2", "I4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("IA-8", "AC-3", "AC-5"),
        "iso-27001-2022-annex-a": ("A.5.16", "A.8.5"),
        "ncsc-cloud-principles": ("10",),
        "csa-ccm-4": ("IAM-14", "IAM-16"),
    },
    types=(ROLE, SERVICE_LINKED_ROLE),
    judge=judge,
    admits_exceptions=False,
)
