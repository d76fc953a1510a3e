"""What breaks the rules of a charter. The unbroken example is the case that passes."""

from __future__ import annotations

import pytest

from tests.spec.cases import Case, check
from tests.spec.conftest import CHARTER, Copy

CASES = {
    "another name": Case(CHARTER, "name: optimus", "name: optimum", "name: optimum", "name", "optimus.yaml"),
    "jurisdiction nobody knows": Case(
        CHARTER,
        "jurisdictions: [GB]",
        "jurisdictions: [GB, UK]",
        "jurisdictions:",
        "jurisdictions[1]",
        "mean GB?",
    ),
    "raw data leaves": Case(
        CHARTER, "[parameterised, synthetic]", "[synthetic, raw]", "data_leaving:", "data_leaving[1]", "R2"
    ),
    "a class that may not leave": Case(
        CHARTER,
        "credential: researcher role session\n    inside: true",
        "credential: researcher role session\n    inside: false",
        "data_class: derived",
        "data_path[4].data_class",
        "allowed: parameterised, synthetic (R2)",
    ),
    "inside, but elsewhere": Case(
        CHARTER,
        "system: feature pipeline\n    region: on-premises, London\n    jurisdiction: GB",
        "system: feature pipeline\n    region: on-premises, Paris\n    jurisdiction: FR",
        "jurisdiction: FR",
        "data_path[1].jurisdiction",
        "R1",
    ),
    "unknown, but inside": Case(
        CHARTER,
        "system: feature pipeline\n    region: on-premises, London\n    jurisdiction: GB",
        "system: feature pipeline\n    region: on-premises, London\n    jurisdiction: unknown",
        "jurisdiction: unknown",
        "data_path[1].jurisdiction",
        "R1",
    ),
    "no result store": Case(
        CHARTER, "step: result-store", "step: control-plane", "data_path:", "data_path", "result-store"
    ),
    "operator without provider": Case(
        CHARTER, "step: analytics", "step: qpu-operator", "step: qpu-operator", "data_path[4].provider", "iqm"
    ),
    "operator inside": Case(
        CHARTER,
        "step: analytics",
        "step: qpu-operator\n    provider: iqm",
        "inside: true",
        "data_path[4].inside",
        "inside: false",
    ),
    "provider elsewhere": Case(
        CHARTER,
        "step: analytics",
        "step: analytics\n    provider: iqm",
        "provider: iqm",
        "data_path[4].provider",
        "does not belong",
    ),
    "ends before it starts": Case(CHARTER, '"2029-10-31"', '"2026-11-01"', "end:", "end", "not after"),
    "ends too late": Case(CHARTER, '"2029-10-31"', '"2031-11-03"', "end:", "end", "5 years"),
    "review too late": Case(
        CHARTER, 'next_review: "2027-02-01"', 'next_review: "2027-02-03"', "next_review", "next_review", "G3"
    ),
    "reviewed before the start": Case(
        CHARTER,
        'next_review: "2027-02-01"',
        'last_review: "2026-11-01"\nnext_review: "2027-02-01"',
        "last_review",
        "last_review",
        "before the start",
    ),
    "too sensitive": Case(
        CHARTER,
        "classification: internal",
        "classification: restricted",
        "classification:",
        "classification",
        "optimus-sandbox",
    ),
    "unknown class": Case(
        CHARTER,
        "classification: internal",
        "classification: secret",
        "classification:",
        "classification",
        "public, internal, confidential, restricted",
    ),
    "unknown key": Case(
        CHARTER, "cost_centre:", "cost_center:", "cost_center:", "cost_center", "mean cost_centre?"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_charter(project: Copy, case: Case) -> None:
    check(project, "optimus-sandbox", case, CHARTER)
