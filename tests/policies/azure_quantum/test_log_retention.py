from __future__ import annotations

from policy_packs.controls.azure import LOG
from policy_packs.controls.azure_quantum.log_retention import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, az
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, ENVIRONMENT)


def log(days: object, **features: object) -> Res:
    return az(
        LOG, {"workspaceName": "qlz-sandbox-operational", "retentionInDays": days, "features": features}
    )


CASES.passes("a year", log(365))
CASES.passes("thirty days, and gone", log(30, immediatePurgeDataOn30Days=True))
CASES.fails("left to Azure", log(None), "left to Azure")
CASES.fails("for ever", log(-1), "left to Azure")
CASES.fails("too long", log(4383), "too long")
CASES.fails("gone sooner", log(365, immediatePurgeDataOn30Days=True), "drops its entries after 30 days")
CASES.unknown("unknown", log(UNKNOWN), "retentionInDays is unknown")


def test_case(case: Case) -> None:
    case.check()
