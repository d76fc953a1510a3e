from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.azure_quantum.alarms import _WATCHED, CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, PROJECT, account, az
from tests.policies.support import UNKNOWN, Case, Cases, Res

assert PROJECT.azure
WORK = replace(PROJECT, azure=replace(PROJECT.azure, networks=frozenset({"192.0.2.0/24"})))
CASES = Cases(CONTROL, WORK)
SIMULATOR = "quantinuum.sim.h2-1e"
QUIET = replace(PROJECT, azure=replace(PROJECT.azure, alarms=False))


def alarm(
    what: str, above: object = 0, query: object = None, operator: str = "GreaterThan", **more: object
) -> Res:
    tables = {"other-network": "StorageBlobLogs", "denied": "AzureActivity"}
    table = tables.get(what, "QuantumWorkspaceJobAuditLogs")
    row = {
        "query": query or f'{table} | where TargetId !in~ ("{SIMULATOR}")',
        "threshold": above,
        "operator": operator,
        "timeAggregation": "Count",
    }
    props = {
        "ruleName": f"qlz-{'' if what in ('denied', 'break-glass') else 'catalyst-'}sandbox-{what}",
        "criteria": {"allOf": [row]},
        "windowSize": "PT1H",
        "evaluationFrequency": "PT15M",
        **more,
    }
    return az("monitor:ScheduledQueryRule", props, what)


def network(account: str = "qlzdata", *left_out: str) -> Res:
    networks = "".join(f', "{each}"' for each in left_out or ("192.0.2.0/24",))
    left = f"not(ipv4_is_in_any_range(Caller{networks}))"
    query = f'StorageBlobLogs | where AccountName == "{account}" | where {left}'
    return alarm("other-network", 0, query)


def watching(*operations: str, **more: object) -> Res:
    rows = [{"field": "operationName", "equals": each} for each in operations]
    only = {"field": "category", "equals": "Administrative", **more}
    return az("monitor:ActivityLogAlert", {"condition": {"allOf": [only, {"anyOf": rows}]}}, "watching")


DENIED = alarm("denied", 19)
SPIKE, TARGET, NETWORK = alarm("spike", 60), alarm("other-target"), network()
UNSEEN = alarm("other-network", criteria=UNKNOWN)

CASES.passes("all three", [account(), SPIKE, TARGET, NETWORK])
CASES.passes("the workspace's id is not there yet", [SPIKE, TARGET, UNSEEN])
CASES.passes("a charter without", [], declared=QUIET)
CASES.passes("an environment's", [watching(*_WATCHED), DENIED], declared=ENVIRONMENT)
CASES.fails("no spike", [TARGET, NETWORK], "it has no alarm spike")
CASES.fails("no network", [SPIKE, TARGET], "it has no alarm other-network")
CASES.fails("late", [alarm("spike", 61), TARGET, NETWORK], "raised above 61, the stack file says 60")
CASES.fails("later than at once", [SPIKE, alarm("other-target", 5), NETWORK], "the stack file says 0")
CASES.fails("the wrong way", [alarm("spike", 60, operator="LessThan"), TARGET, NETWORK], "raised above")
CASES.fails("another table", [alarm("spike", 60, "Heartbeat"), TARGET, NETWORK], "does not look at Quantum")
CASES.fails(
    "another target",
    [SPIKE, alarm("other-target", 0, "QuantumWorkspaceJobAuditLogs"), NETWORK],
    "other targets",
)
CASES.fails(
    "an environment's, one missing", [watching(*_WATCHED[1:]), DENIED], "locks/delete", declared=ENVIRONMENT
)
CASES.fails(
    "a condition that never holds",
    [watching(*_WATCHED, equals="Nothing"), DENIED],
    "locks/delete",
    declared=ENVIRONMENT,
)
CASES.fails(
    "one half understood", [watching(*_WATCHED, like="x"), DENIED], "locks/delete", declared=ENVIRONMENT
)
CASES.fails("refusals unseen", watching(*_WATCHED), "it has no alarm denied", declared=ENVIRONMENT)
CASES.fails("minutes", [alarm("spike", 60, windowSize="PT5M"), TARGET, NETWORK], "does not count an hour")
CASES.fails("seldom", [alarm("spike", 60, evaluationFrequency="P1D"), TARGET, NETWORK], "looks too seldom")
for what, other in (
    ("another account", network("nosuch")),
    ("other networks", network("qlzdata", "192.0.2.0/24", "0.0.0.0/0")),
    ("other networks", network("qlzdata", "198.51.100.0/24")),
):
    CASES.fails(what, [account(), SPIKE, TARGET, other], what)
LATEST = 'QuantumWorkspaceJobAuditLogs | where TargetId !in~ ("{}") | where ingestion_time() > ago(15m)'
CASES.passes(
    "what came in last", [account(), SPIKE, alarm("other-target", 0, LATEST.format(SIMULATOR)), NETWORK]
)
CASES.fails(
    "a quarter of what came in",
    [SPIKE, alarm("other-target", 0, LATEST.format(SIMULATOR), evaluationFrequency="PT1H"), NETWORK],
    "looks too seldom",
)
CASES.fails(
    "more targets",
    [SPIKE, alarm("other-target", 0, LATEST.format(f'{SIMULATOR}", "ionq.qpu.forte-1')), NETWORK],
    "other targets",
)
CASES.fails(
    "targets twice",
    [SPIKE, alarm("other-target", 0, LATEST.format(f'{SIMULATOR}") | where TargetId !in~ ("x')), NETWORK],
    "other targets",
)
CASES.fails("a query of its own", [SPIKE, TARGET, NETWORK, alarm("spy")], "alarms that have been reviewed")
CASES.fails("one in an environment", alarm("spy"), "alarms that have been reviewed", declared=ENVIRONMENT)
CASES.fails("without a charter's", alarm("spy"), "alarms that have been reviewed", declared=QUIET)
CASES.fails("for nothing", [alarm("spike", criteria={"allOf": []}), TARGET, NETWORK], "looks for nothing")
CASES.unknown("how long", [alarm("spike", 60, windowSize=UNKNOWN), TARGET, NETWORK], "windowSize is unknown")
CASES.unknown("threshold", [alarm("spike", UNKNOWN), TARGET, NETWORK], "threshold is unknown")


def test_case(case: Case) -> None:
    case.check()
