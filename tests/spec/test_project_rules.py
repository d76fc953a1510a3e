"""What breaks the rules of a project. The unbroken example is the case that passes."""

from __future__ import annotations

import pytest

from tests.spec.cases import SPEC, Case, check
from tests.spec.conftest import CHARTER, OPTIMUS, Copy

CASES = {
    "unknown tier": Case(
        OPTIMUS,
        "internal-research #",
        "internal-reserch #",
        "tier:",
        f"{SPEC}.tier",
        "mean internal-research?",
    ),
    "tier not in the charter": Case(
        CHARTER,
        "[public-demo, internal-research]",
        "[public-demo]",
        "tier:",
        f"{SPEC}.tier",
        "allowed by the charter: public-demo",
    ),
    "unknown device": Case(
        OPTIMUS, "amazon/sv1", "amazon/sv2", "amazon/sv2", f"{SPEC}.devices[0]", "mean amazon/sv1?"
    ),
    "device in another case": Case(
        OPTIMUS, "amazon/sv1", "amazon/SV1", "amazon/SV1", f"{SPEC}.devices[0]", "mean amazon/sv1?"
    ),
    "device of another region in another case": Case(
        OPTIMUS,
        "amazon/sv1",
        "iqm/Garnet",
        "iqm/Garnet",
        f"{SPEC}.devices[0]",
        "mean iqm/garnet? allowed in eu-west-2: amazon/sv1, amazon/dm1",
    ),
    "missing key": Case(
        OPTIMUS, "    lifecycle: active", "    #", "qlz:spec:", f"{SPEC}.lifecycle", "add lifecycle: ("
    ),
    "device twice": Case(OPTIMUS, "amazon/dm1", "amazon/sv1", "devices:", f"{SPEC}.devices", "twice"),
    "no device": Case(
        OPTIMUS,
        "devices:\n      - amazon/sv1\n      - amazon/dm1",
        "devices: []",
        "devices:",
        f"{SPEC}.devices",
        "shorter",
    ),
    "another account": Case(
        OPTIMUS, '"111122223333"', '"111122224444"', "account:", f"{SPEC}.aws.account", '"111122223333"'
    ),
    "another level": Case(
        OPTIMUS, "qlz:level: sandbox", "qlz:level: dev", "qlz:level:", "config.qlz:level", "level sandbox"
    ),
    "results kept too long": Case(
        OPTIMUS, "_days: 90", "_days: 366", "retention_days", f"{SPEC}.results.retention_days", "at most 365"
    ),
    "repository that is a path": Case(
        OPTIMUS, "org/optimus", "org/..", "repository:", f"{SPEC}.pipeline.repository", "not a repository"
    ),
    "repository with a wildcard": Case(
        OPTIMUS, "org/optimus", "org/*", "repository:", f"{SPEC}.pipeline.repository", "no wildcard"
    ),
    "CI environment with a wildcard": Case(
        OPTIMUS,
        "      environment: sandbox",
        '      environment: "*"',
        '"*"',
        f"{SPEC}.pipeline.environment",
        "no wildcard",
    ),
    "repository id that is a number": Case(
        OPTIMUS,
        '"123456789"',
        "123456789",
        "repository_id:",
        f"{SPEC}.pipeline.repository_id",
        'repository_id: "123456789"',
    ),
    "archive kept too long": Case(
        OPTIMUS,
        "    results:\n",
        "    archive: {retention_days: 366}\n    results:\n",
        "archive:",
        f"{SPEC}.archive.retention_days",
        "365 or less",
    ),
    "archive that ends before the results": Case(
        OPTIMUS,
        "    results:\n",
        "    archive: {retention_days: 90}\n    results:\n",
        "archive:",
        f"{SPEC}.archive.retention_days",
        "longer than results.retention_days",
    ),
    "a budget of nothing": Case(
        OPTIMUS,
        "    results:\n",
        '    budget: {usd_per_month: "0"}\n    results:\n',
        "budget:",
        f"{SPEC}.budget.usd_per_month",
        "more than 0",
    ),
    "a budget that tells too often": Case(
        OPTIMUS,
        "    results:\n",
        '    budget: {usd_per_month: "9", alert_percent: [1, 2, 3, 4, 5]}\n    results:\n',
        "budget:",
        f"{SPEC}.budget.alert_percent",
        "longer than allowed",
    ),
    "lifecycle": Case(
        OPTIMUS,
        "lifecycle: active",
        "lifecycle: retired",
        "lifecycle:",
        f"{SPEC}.lifecycle",
        "decommissioned",
    ),
    "no such charter": Case(
        OPTIMUS, "charter: optimus", "charter: optimum", "charter:", f"{SPEC}.charter", "mean optimus?"
    ),
    "no such environment": Case(
        OPTIMUS,
        "environment: sandbox #",
        "environment: sandbux #",
        "sandbux",
        f"{SPEC}.environment",
        "sandbox",
    ),
    "environment that is a project": Case(
        OPTIMUS,
        "environment: sandbox #",
        "environment: optimus-sandbox #",
        "environment: optimus-sandbox",
        f"{SPEC}.environment",
        "not describe an environment",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_project(project: Copy, case: Case) -> None:
    check(project, "optimus-sandbox", case, OPTIMUS)
