from __future__ import annotations

from policy_packs.controls.azure_quantum.security_log import CONTROL
from tests.policies.azure_quantum.things import (
    ENVIRONMENT,
    PEOPLE,
    PROJECT,
    READERS,
    ROLE,
    SECURITY,
    given,
    log,
)
from tests.policies.support import UNKNOWN, Case, Cases

CASES = Cases(CONTROL, ENVIRONMENT)
DAILY, SECRET = log(), log("security", 90)
READER = ROLE["log-analytics-reader"]

CASES.passes("shorter", [DAILY, SECRET, given(READER, READERS, SECURITY)])
CASES.passes("a project has none", [], PROJECT)
CASES.fails("neither", [], "no operational log")
CASES.fails("one", DAILY, "no restricted security log")
CASES.fails("as long", [DAILY, log("security", 365)], "not for less than the operational log")
CASES.fails("no word", [DAILY, log("security", None)], "not for less than the operational log")
CASES.fails(
    "by resource",
    [DAILY, log("security", 90, features={"enableLogAccessUsingOnlyResourcePermissions": True})],
    "whoever reads a resource",
)
CASES.fails(
    "other readers",
    [DAILY, SECRET, given(READER, PEOPLE, SECURITY)],
    "somebody else than the security",
)
CASES.unknown("days", [DAILY, log("security", UNKNOWN)], "is unknown at preview")
CASES.unknown("scope", [DAILY, SECRET, given(READER, READERS, UNKNOWN)], "scope is unknown")


def test_case(case: Case) -> None:
    case.check()
