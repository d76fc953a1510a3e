from __future__ import annotations

from policy_packs.controls.braket.log_retention import CONTROL
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)


def logs(**props: object) -> Res:
    return Res("aws:cloudwatch/logGroup:LogGroup", props)


CASES.passes("a year", logs(retentionInDays=365))
CASES.fails("for ever", logs(), "it keeps its entries for ever")
CASES.fails("for ever, by zero", logs(retentionInDays=0), "it keeps its entries for ever")
CASES.fails("as a text", logs(retentionInDays="365"), "it keeps its entries for ever")
CASES.fails("infrequent access", logs(retentionInDays=1, logGroupClass="INFREQUENT_ACCESS"), "without alarms")
CASES.unknown("unknown", logs(retentionInDays=UNKNOWN), "retentionInDays is unknown")


def test_case(case: Case) -> None:
    case.check()
