from __future__ import annotations

from policy_packs.controls.azure_quantum.alarm_targets import CONTROL
from tests.policies.azure_quantum.things import ALERTS, ENVIRONMENT, OPERATIONAL, PROJECT, SCOPE, SECURITY, az
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)
READER = f"{ALERTS.rpartition('/providers/')[0]}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"


def query(**changes: object) -> Res:
    base: dict[str, object] = {
        "enabled": True,
        "scopes": [OPERATIONAL],
        "identity": {"type": "UserAssigned", "userAssignedIdentities": [f"{READER}qlz-sandbox-alarms"]},
        "actions": {"actionGroups": [ALERTS]},
    }
    return az("monitor:ScheduledQueryRule", base | changes)


def activity(**changes: object) -> Res:
    base: dict[str, object] = {
        "enabled": True,
        "scopes": [SCOPE],
        "actions": {"actionGroups": [{"actionGroupId": ALERTS}]},
    }
    return az("monitor:ActivityLogAlert", base | changes)


def told(*emails: str, **more: object) -> Res:
    receivers = [{"name": email, "emailAddress": email} for email in emails]
    return az("monitor:ActionGroup", {"enabled": True, "emailReceivers": receivers, **more})


CASES.passes("as they are to be", [query(), query(scopes=[SECURITY]), activity()])
CASES.passes("the group", told("oncall@example.org"), declared=ENVIRONMENT)
CASES.fails("off", query(enabled=False), "not turned on")
CASES.fails("off by silence", query(enabled=None), "not turned on")
CASES.fails("to nobody", query(actions=None), "does not tell the environment's action group")
CASES.fails("to another", query(actions={"actionGroups": [ALERTS.replace("alerts", "x")]}), "does not tell")
CASES.fails("and to another", query(actions={"actionGroups": [ALERTS, f"{ALERTS}-2"]}), "does not tell")
CASES.fails("looks elsewhere", query(scopes=[OPERATIONAL.replace("operational", "x")]), "none of the env")
CASES.fails("looks at nothing", query(scopes=[]), "none of the environment's logs")
CASES.fails("as its writer", query(identity=None), "does not query as")
CASES.fails(
    "as another",
    query(identity={"type": "UserAssigned", "userAssignedIdentities": [f"{READER}qlz-sandbox-plan"]}),
    "does not query as",
)
CASES.fails("mute", query(muteActionsDuration="P1D"), "it is mute")
CASES.fails("a part", activity(scopes=[f"{SCOPE}/resourceGroups/x"]), "less than the subscription")
CASES.fails("activity off", activity(enabled=False), "not turned on")
CASES.fails("others", told("mallory@example.org"), "tells others", declared=ENVIRONMENT)
CASES.fails(
    "a hook",
    told("oncall@example.org", webhookReceivers=[{"name": "x"}]),
    "webhookReceivers",
    declared=ENVIRONMENT,
)
CASES.fails(
    "a group that is off",
    told("oncall@example.org", enabled=False),
    "not turned on",
    declared=ENVIRONMENT,
)
CASES.unknown("group", query(actions={"actionGroups": [UNKNOWN]}), "actionGroups[0] is unknown")
CASES.unknown("scope", query(scopes=[UNKNOWN]), "scopes[0] is unknown")


def test_case(case: Case) -> None:
    case.check()
