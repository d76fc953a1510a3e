from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.azure_quantum.alarms import _WATCHED, CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, PROJECT, az
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)
assert PROJECT.azure
QUIET = replace(PROJECT, azure=replace(PROJECT.azure, alarms=False))


def alarm(what: str, above: object = 0, query: object = None, operator: str = "GreaterThan") -> Res:
    table = "StorageBlobLogs" if what == "other-network" else "QuantumWorkspaceJobAuditLogs"
    row = {
        "query": query or f'{table} | where X == "quantinuum.sim.h2-1e"',
        "threshold": above,
        "operator": operator,
    }
    name = f"qlz-catalyst-sandbox-{what}"
    return az("monitor:ScheduledQueryRule", {"ruleName": name, "criteria": {"allOf": [row]}}, what)


def watching(*operations: str) -> Res:
    rows = [{"field": "operationName", "equals": each} for each in operations]
    return az("monitor:ActivityLogAlert", {"condition": {"allOf": [{"anyOf": rows}]}})


SPIKE, TARGET, NETWORK = alarm("spike", 60), alarm("other-target"), alarm("other-network")
UNSEEN = az(
    "monitor:ScheduledQueryRule",
    {"ruleName": "qlz-catalyst-sandbox-other-network", "criteria": UNKNOWN},
    "other-network",
)

CASES.passes("all three", [SPIKE, TARGET, NETWORK])
CASES.passes("the workspace's id is not there yet", [SPIKE, TARGET, UNSEEN])
CASES.passes("a charter without", [], declared=QUIET)
CASES.passes("an environment's", watching(*_WATCHED), declared=ENVIRONMENT)
CASES.fails("no spike", [TARGET, NETWORK], "it has no alarm spike")
CASES.fails("no network", [SPIKE, TARGET], "it has no alarm other-network")
CASES.fails("late", [alarm("spike", 61), TARGET, NETWORK], "raised above 61, the charter says 60")
CASES.fails("later than at once", [SPIKE, alarm("other-target", 5), NETWORK], "the charter says 0")
CASES.fails("the wrong way", [alarm("spike", 60, operator="LessThan"), TARGET, NETWORK], "raised above")
CASES.fails("another table", [alarm("spike", 60, "Heartbeat"), TARGET, NETWORK], "does not look at Quantum")
CASES.fails(
    "another target",
    [SPIKE, alarm("other-target", 0, "QuantumWorkspaceJobAuditLogs"), NETWORK],
    "other targets",
)
CASES.fails("an environment's, one missing", watching(*_WATCHED[1:]), "locks/delete", declared=ENVIRONMENT)
CASES.unknown("threshold", [alarm("spike", UNKNOWN), TARGET, NETWORK], "threshold is unknown")


def test_case(case: Case) -> None:
    case.check()
