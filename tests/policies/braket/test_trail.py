from __future__ import annotations

from policy_packs.controls.braket.trail import CONTROL
from tests.policies.support import ENVIRONMENT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, ENVIRONMENT)
MANAGEMENT = {"name": "all", "fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}]}


def trail(**props: object) -> Res:
    return Res(
        "aws:cloudtrail/trail:Trail", {"isMultiRegionTrail": True, "enableLogFileValidation": True, **props}
    )


def selected(**selector: object) -> Res:
    return trail(eventSelectors=[selector])


CASES.passes("everything", trail())
CASES.passes("everything, said", trail(enableLogging=True, includeGlobalServiceEvents=True))
CASES.passes("data beside management", selected(includeManagementEvents=True, readWriteType="All"))
CASES.passes("advanced", trail(advancedEventSelectors=[MANAGEMENT]))
CASES.fails("one region", trail(isMultiRegionTrail=False), "one region only")
CASES.fails("nothing said", Res("aws:cloudtrail/trail:Trail", {}), "one region only")
CASES.fails("no validation", trail(enableLogFileValidation=False), "changes to it go unnoticed")
CASES.fails("off", trail(enableLogging=False), "turned off")
CASES.fails("no global services", trail(includeGlobalServiceEvents=False), "IAM and STS")
CASES.fails("no management", selected(includeManagementEvents=False), "management actions out")
CASES.fails("no keys", selected(excludeManagementEventSources=["kms.amazonaws.com"]), "some services out")
CASES.fails("writes only", selected(readWriteType="WriteOnly"), "reads or writes out")
CASES.fails(
    "advanced, narrowed",
    trail(
        advancedEventSelectors=[
            {"fieldSelectors": [*MANAGEMENT["fieldSelectors"], {"field": "readOnly", "equals": ["true"]}]}
        ]
    ),
    "management actions out",
)
CASES.unknown("region unknown", trail(isMultiRegionTrail=UNKNOWN), "isMultiRegionTrail is unknown")
CASES.unknown("selectors unknown", trail(eventSelectors=UNKNOWN), "eventSelectors")
CASES.unknown("advanced selectors unknown", trail(advancedEventSelectors=UNKNOWN), "advancedEventSelectors")


def test_case(case: Case) -> None:
    case.check()
