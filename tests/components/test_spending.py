"""Spending limits: sums of charters in the API's own form, in each device's region, never taken away."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.args import ArgumentError
from components.braket.spending import TYPE, total
from components.program import build
from components.spec import load_stack
from components.spec.strict_yaml import read_yaml
from tests.components.conftest import EMERALD, GARNET, SV1, run_environment
from tests.components.runner import Run, run
from tests.spec.conftest import Copy

ROOT = Path(__file__).parents[2]
IBEX = "arn:aws:braket:eu-north-1::device/qpu/aqt/Ibex-Q1"


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([], "0"),
        (["0", "0"], "0"),
        (["250"], "250"),
        (["99.95", "0.05"], "100"),
        (["0.1", "0.2"], "0.3"),
        (["1000000", "250.5"], "1000250.5"),
    ],
)
def test_sums_have_the_form_the_api_gives_back(amounts: list[str], expected: str) -> None:
    assert total(amounts) == expected


@given(st.lists(st.integers(0, 10**9), max_size=8))
def test_a_sum_is_exact_and_canonical(cents: list[int]) -> None:
    found = total(str(Decimal(cent) / 100) for cent in cents)
    assert Decimal(found) * 100 == sum(cents)
    assert "E" not in found
    assert not (("." in found) and found.endswith("0"))


def test_a_limit_lives_in_its_devices_region_and_outlives_the_stack(environment: Run) -> None:
    limits = {made.name: made for made in environment.all("aws:cloudcontrol/resource:Resource")}
    assert set(limits) == {"spending-iqm-Garnet", "spending-iqm-Emerald"}
    for made in limits.values():
        assert made.inputs["typeName"] == TYPE
        assert made.inputs["region"] == "eu-north-1"
        assert made.protect
        assert made.retain
    state = json.loads(limits["spending-iqm-Garnet"].inputs["desiredState"])
    assert (state["DeviceArn"], state["SpendingLimit"]) == (GARNET, "250")
    state = json.loads(limits["spending-iqm-Emerald"].inputs["desiredState"])
    assert (state["DeviceArn"], state["SpendingLimit"]) == (EMERALD, "0")


@pytest.mark.parametrize(
    "limits",
    [{SV1: "5"}, {GARNET: "250.00"}, {GARNET: "-1"}, {GARNET.replace("eu-north-1", "us-east-1"): "5"}],
)
def test_what_the_api_would_refuse_or_write_otherwise_is_refused(limits: dict[str, str]) -> None:
    with pytest.raises(ArgumentError, match=r"EnvironmentArgs\.spending"):
        run_environment(spending=limits)


PROJECT = """\
config:
  qlz:kind: project
  qlz:level: sandbox
  qlz:spec:
    charter: {name}
    environment: sandbox
    lifecycle: {lifecycle}
    tier: internal-research
    aws: {{account: "111122223333", region: eu-west-2, also: [eu-north-1]}}
    devices: [iqm/garnet]
    pipeline: {{kind: github, repository: o/r, repository_id: "1", owner_id: "2", environment: x}}
    results: {{retention_days: 90}}
"""


def add_project(project: Copy, name: str, usd: str, lifecycle: str = "active") -> None:
    """A project in the sandbox that may spend on one QPU."""
    assert read_yaml("x", PROJECT.format(name=name, lifecycle=lifecycle).encode()).value
    project.write(f"stacks/Pulumi.{name}-sandbox.yaml", PROJECT.format(name=name, lifecycle=lifecycle))
    charter = (
        (ROOT / "stacks/charters/optimus.yaml").read_text().replace("name: optimus\n", f"name: {name}\n")
    )
    kept, skip = [], False
    for line in charter.splitlines():
        skip = line.startswith(("spending:", "alerts:")) or (skip and line.startswith((" ", "#")))
        if not skip:
            kept.append(line)
    more = f'spending: [{{environment: sandbox, device: iqm/garnet, usd: "{usd}"}}]\n'
    more += 'alerts: {submissions_per_hour: 50, source_networks: ["192.0.2.0/24"]}\n'
    project.write(f"stacks/charters/{name}.yaml", "\n".join(kept) + "\n" + more)


@pytest.fixture
def reaching(tmp_path: Path) -> Copy:
    """The example sandbox, with the region of some QPUs let through."""
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks")
    (tmp_path / "stacks/Pulumi.optimus-sandbox.yaml").unlink()
    project = Copy(tmp_path)
    project.edit(
        "stacks/Pulumi.sandbox.yaml",
        "      region: eu-west-2\n",
        "      region: eu-west-2\n      also: [eu-north-1]\n",
    )
    return project


def limits_of(project: Copy) -> dict[str, str]:
    loaded = load_stack(project.root, "sandbox")
    found = run(lambda: build(loaded), stack="sandbox").all("aws:cloudcontrol/resource:Resource")
    states = [json.loads(made.inputs["desiredState"]) for made in found]
    return {state["DeviceArn"]: state["SpendingLimit"] for state in states}


def test_every_qpu_in_reach_has_one_and_those_nobody_uses_nothing(reaching: Copy) -> None:
    assert limits_of(reaching) == {GARNET: "0", EMERALD: "0", IBEX: "0"}


def test_the_limit_is_the_sum_over_the_active_projects(reaching: Copy) -> None:
    add_project(reaching, "one", "100.5")
    add_project(reaching, "two", "49.5")
    add_project(reaching, "gone", "1000", lifecycle="decommissioned")
    assert limits_of(reaching) == {GARNET: "150", EMERALD: "0", IBEX: "0"}


def test_the_projects_thresholds_become_alarms(reaching: Copy) -> None:
    add_project(reaching, "one", "100")
    loaded = load_stack(reaching.root, "sandbox")
    found = run(lambda: build(loaded), stack="sandbox")
    alarm = found.one("aws:cloudwatch/metricAlarm:MetricAlarm", "one-spike")
    assert alarm.inputs["threshold"] == 51


def test_a_project_that_cannot_be_read_stops_its_environment(reaching: Copy) -> None:
    add_project(reaching, "one", "a lot")
    (found,) = reaching.problems("sandbox")
    assert (found.file, found.key) == ("stacks/charters/one.yaml", "spending[0].usd")
