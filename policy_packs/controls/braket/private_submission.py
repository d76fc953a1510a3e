"""W3, T2: where the tier demands a private network, submission goes through its endpoints alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_packs.controls.aws import (
    ATTACHMENT,
    ENDPOINT,
    POLICY,
    ROLE,
    ROLE_POLICY,
    STACK_REFERENCE,
    VPC,
    attached_to,
    kinds_behind,
    refers,
)
from policy_packs.controls.control import (
    UPPER_ONLY,
    CannotDecide,
    Control,
    Finding,
    Resource,
    Severity,
    Stack,
    fail,
    undecided,
)
from policy_packs.controls.iam_document import Document, Statement, covers, read_document
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Value

_SUBMIT = ("braket:CreateQuantumTask", "braket:CreateJob")
# Services that run what they were given where they are: hybrid jobs, copies of results.
_OF_NO_NETWORK = {"braket.amazonaws.com", "s3.amazonaws.com"}
_FROM = {"aws:sourcevpce": r"vpce-[0-9a-f]+", "aws:sourcevpc": r"vpc-[0-9a-f]+"}
# A condition that is not met where the key is missing, so that requests from outside are denied, too.
_NEGATED = ("stringnotequals", "stringnotequalsifexists")


def judge_stack(stack: Stack, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    if not (declared.is_project and declared.private_network):
        return
    known = _ids(stack)
    for role in stack.of_type(ROLE):
        policies = _policies(stack, role)
        unread = [policy for policy in policies if not policy["policy"].known]
        if _taken_by_services(role) or not (unread or any(_permits(policy) for policy in policies)):
            continue
        locks = [lock for policy in policies for lock in _locks(stack, policy)]
        if not locks and unread:
            yield undecided(f"{unread[0].name}, which it bears, is unknown at preview", role)
        elif not locks:
            yield fail("it may submit from outside the private network", role)
        elif None not in locks and not any(lock and lock <= known for lock in locks):
            yield fail("it may submit through an endpoint that is not the environment's", role)
        inline = role["inlinePolicies"]
        if inline.unknown or inline.elements():
            yield fail("it has policies written into it, which nobody judges here", role)


def _policies(stack: Stack, role: Resource) -> list[Resource]:
    """The policies of a role, in it or attached to it."""
    own = [found for found in stack.of_type(ROLE_POLICY) if refers(stack, found, "role", role, "name", "id")]
    return own + attached_to(stack, role)


def _taken_by_services(role: Resource) -> bool:
    """What a service runs it runs in no network of ours."""
    try:
        statements = list(read_document(role["assumeRolePolicy"]).allows())
    except CannotDecide:
        return False
    return bool(statements) and all(
        set(each.principals) == {"Service"} and set(each.principals["Service"]) <= _OF_NO_NETWORK
        for each in statements
    )


def _permits(policy: Resource) -> bool:
    """Whether a policy lets somebody submit, as far as it can be read."""
    try:
        return any(each.may(*_SUBMIT) for each in read_document(policy["policy"]).allows())
    except CannotDecide:
        return False  # the rules over grants cannot decide about it either


def _locks(stack: Stack, policy: Resource) -> Iterator[frozenset[str] | None]:
    """Ids through which a policy leaves submission open; None for ids that
    the cloud has yet to give, or that cannot be compared.

    A document that comes from the environment counts as a lock while it is unknown, at preview alone: once
    everything is made, what is still unknown cannot be decided.
    """
    document = policy["policy"]
    if document.unknown:
        if not stack.made and kinds_behind(policy, "policy") & {STACK_REFERENCE, ENDPOINT, VPC}:
            yield None
        return
    try:
        read: Document = read_document(document)
    except CannotDecide:
        return
    for statement in read.denies():
        ids = _through(statement)
        if ids:
            # An engine that does not show what the program reads shows at least that it was read.
            hidden = not stack.of_type(STACK_REFERENCE) and STACK_REFERENCE in kinds_behind(policy, "policy")
            yield None if hidden else ids


def _through(statement: Statement) -> frozenset[str]:
    whole = "*" in statement.resources and all(
        any(covers(pattern, action, fold=True) for pattern in statement.actions) for action in _SUBMIT
    )
    if not whole or len(statement.conditions) != 1:  # further conditions leave ways round it
        return frozenset()
    (condition,) = statement.conditions
    form = _FROM.get(condition.key)
    fits = form is not None and all(re.fullmatch(form, value) for value in condition.values)
    return frozenset(condition.values) if fits and condition.operator in _NEGATED else frozenset()


def _ids(stack: Stack) -> frozenset[str]:
    """Networks and endpoints of the environment, or of this very stack."""
    own = {found["arn"].text().rpartition("/")[2] for found in stack.of_type(ENDPOINT, VPC)}
    told = {text for found in stack.of_type(STACK_REFERENCE) for text in _texts(found.props)}
    return frozenset(own | told) - {""}


def _texts(value: Value) -> Iterator[str]:
    if value.text():
        yield value.text()
        return
    for _, part in value.items():
        yield from _texts(part)
    for part in () if value.items() or value.unknown else value.elements():
        if part is not value:
            yield from _texts(part)


CONTROL = Control(
    id="qlz-w3-private-submission",
    title="Submission through the private endpoints alone",
    why="Stolen credentials are worth nothing outside a network that one cannot get into with them.",
    fix=(
        "Attach to every role that may submit a policy that denies braket:CreateQuantumTask and CreateJob on"
        " every resource unless aws:SourceVpce is one of the environment's endpoints."
    ),
    requirements=("W3", "T2"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("SC-7", "AC-3"),
        "iso-27001-2022-annex-a": ("A.8.22",),
        "ncsc-cloud-principles": ("11",),
        "csa-ccm-4": ("IVS-03", "IAM-16"),
    },
    types=(ROLE, POLICY, ROLE_POLICY, ATTACHMENT),
    judge_stack=judge_stack,
    levels=UPPER_ONLY,
)
