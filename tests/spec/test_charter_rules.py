"""What breaks the rules of a charter. The unbroken example is the case that passes."""

from __future__ import annotations

import pytest

from components.spec import ProjectStack
from tests.spec.cases import Case, check
from tests.spec.conftest import CHARTER, OPTIMUS, SANDBOX, Copy

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


MONEY = "spending: [{environment: sandbox, device: %s, usd: %s}]\n"
WATCH = "alerts:\n  submissions_per_hour: %s\n  source_networks: [%s]\n"
ADDED = {
    "money for a simulator": (MONEY % ("amazon/sv1", '"5"'), "spending[0].device", "is a simulator"),
    "money for nothing known": (MONEY % ("iqm/garnett", '"5"'), "spending[0].device", "mean iqm/garnet?"),
    "money as a number": (MONEY % ("iqm/garnet", "5"), "spending[0].usd", 'usd: "5"'),
    "money with a zero too many": (MONEY % ("iqm/garnet", '"5.00"'), "spending[0].usd", "as AWS writes it"),
    "less than no money": (MONEY % ("iqm/garnet", '"-5"'), "spending[0].usd", "as AWS writes it"),
    "money twice": (
        MONEY.replace("[", "[{environment: sandbox, device: iqm/garnet, usd: '1'}, ") % ("iqm/garnet", '"5"'),
        "spending",
        "iqm/garnet in sandbox",
    ),
    "no submission": (WATCH % (0, '"192.0.2.0/24"'), "alerts.submissions_per_hour", "less than the least"),
    "a network with host bits": (WATCH % (1, '"192.0.2.1/24"'), "alerts.source_networks[0]", "not a network"),
    "the whole internet": (WATCH % (1, '"0.0.0.0/0"'), "alerts.source_networks[0]", "too wide"),
    "no network": (WATCH % (1, ""), "alerts.source_networks", "shorter"),
}


@pytest.mark.parametrize(("text", "key", "says"), ADDED.values(), ids=ADDED)
def test_spending_and_alerts(project: Copy, text: str, key: str, says: str) -> None:
    check(project, "optimus-sandbox", _added(text, key, says), CHARTER)


def _added(text: str, key: str, says: str) -> Case:
    line = next(line for line in text.splitlines() if key.split("[")[0].split(".")[-1] in line)
    return Case(CHARTER, "jurisdictions: [GB]\n", f"jurisdictions: [GB]\n{text}", line, key, says)


def test_right_spending_and_alerts_are_read(project: Copy) -> None:
    text = MONEY % ("iqm/garnet", '"99.5"') + WATCH % (120, '"192.0.2.0/24", "198.51.100.7"')
    project.edit(CHARTER, "jurisdictions: [GB]\n", f"jurisdictions: [GB]\n{text}")
    stack = project.load("optimus-sandbox").stack
    assert isinstance(stack, ProjectStack)
    (money,) = stack.charter.spending
    assert (money.environment, money.device, money.usd) == ("sandbox", "iqm/garnet", "99.5")
    assert stack.charter.alerts is not None
    assert stack.charter.alerts.source_networks == ("192.0.2.0/24", "198.51.100.7/32")


def test_a_quantum_processor_without_money_is_refused(project: Copy) -> None:
    """The environment blocks a processor that no charter gives money."""
    project.edit(CHARTER, "jurisdictions: [GB]", "jurisdictions: [GB, SE]")
    for file in (SANDBOX, OPTIMUS):
        project.edit(file, "region: eu-west-2", "region: eu-north-1")
    project.edit(OPTIMUS, "      - amazon/sv1\n      - amazon/dm1", "      - iqm/garnet")
    found = [p for p in project.problems("optimus-sandbox") if "money" in p.message]
    assert [(p.key, p.line) for p in found] == [
        ("config.qlz:spec.devices[0]", project.line(OPTIMUS, "iqm/garnet"))
    ]
    project.edit(
        CHARTER, "jurisdictions: [GB, SE]\n", "jurisdictions: [GB, SE]\n" + MONEY % ("iqm/garnet", '"9"')
    )
    assert not [p for p in project.problems("optimus-sandbox") if "money" in p.message]
