"""What is malformed or expired is a violation of the stack it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from policy_packs.controls.declared.exceptions_valid import CONTROL
from policy_packs.controls.exceptions import Exceptions, Granted
from policy_packs.controls.stack_facts import StackFacts
from tests.policies.support import PROJECT, UNREADABLE, Case, Cases, Res

LOG = Res("aws:cloudwatch/logGroup:LogGroup", name="simulation")
GRANTED = Granted(
    file="stacks/exceptions/simulation-log.yaml",
    control="qlz-l1-log-retention",
    resource="aws:cloudwatch/logGroup:LogGroup::simulation",
    type="aws:cloudwatch/logGroup:LogGroup",
    name="simulation",
    urn="",
    owner="optimus-team@example.org",
    approver="risk@example.org",
    ticket="RISK-118",
    approved=date(2026, 11, 16),
    expires=date(2027, 2, 12),
    reason="A study compares runs over a year.",
    instead="Two people can read it.",
)
EXPIRED = replace(GRANTED, expired=True)
TWIN = Res("aws:cloudwatch/logGroup:LogGroup", name="simulation")
CASES = Cases(CONTROL)


def _case(kind: str, name: str, exceptions: Exceptions, says: str, *given: Res) -> None:
    facts = StackFacts(PROJECT, exceptions=exceptions)
    CASES.all.append(Case(CONTROL, kind, name, given, says, facts))


_case("pass", "none on record", Exceptions(), "", LOG)
_case("pass", "one in order", Exceptions((GRANTED,)), "", LOG)
_case("pass", "one about nothing that is there", Exceptions((GRANTED,)), "")
_case("pass", "one about the stack as a whole", Exceptions((replace(GRANTED, type="", name=""),)), "", LOG)
_case("pass", "an expired one, of a change that tightens", Exceptions((EXPIRED,), tightens=True), "", LOG)
_case(
    "fail",
    "a malformed one",
    Exceptions(problems=("stacks/exceptions/x.yaml:3: owner: is missing",)),
    "x.yaml:3: owner: is missing",
)
_case(
    "fail",
    "a malformed one, of a change that tightens",
    Exceptions(problems=("stacks/exceptions/x.yaml: is a link",), tightens=True),
    "x.yaml: is a link",
)
_case("fail", "an expired one", Exceptions((EXPIRED,)), "simulation-log.yaml expired on 2027-02-12", LOG)
_case("fail", "one that is about two", Exceptions((GRANTED,)), "which 2 resources are called", LOG, TWIN)
CASES.all.append(Case(CONTROL, "unknown", "a stack that cannot be read", (), "could not be read", UNREADABLE))


def test_case(case: Case) -> None:
    case.check()
