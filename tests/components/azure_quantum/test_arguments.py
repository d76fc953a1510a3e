"""What the arguments refuse on Azure: Azure would, and later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from components.args import ArgumentError
from components.azure_quantum.budget import BudgetArgs
from components.azure_quantum.ci_identity import Subject
from components.azure_quantum.freeze import check_mark
from components.azure_quantum.identity import GroupsArgs
from components.azure_quantum.keys import KeyArgs
from components.azure_quantum.log_sinks import LogSinksArgs
from components.azure_quantum.names import EnvironmentNames, ProjectNames, guid
from components.azure_quantum.policy import Permissions
from components.azure_quantum.storage import StoreArgs
from components.azure_quantum.trail_alarms import Unusual, idle_query, text
from components.tags import EnvironmentTags
from tests.components.azure_quantum.conftest import (
    NAMES,
    PLACE,
    SUBSCRIPTION,
    TENANT,
    elevation_args,
    environment_args,
    pipeline_args,
    project_args,
    roles_args,
)
from tests.components.azure_quantum.runner import azure_type
from tests.components.runner import Run

FIRST = date(2026, 11, 1)


def store(**changes: Any) -> StoreArgs:
    given: dict[str, Any] = {
        **{"names": PLACE, "group": "g", "group_id": "/g", "account": "abc", "vault": "v-1", "key": "k"},
        **{"identity": "i", "tags": {}, "retention_days": 90, "undo_days": 7},
    }
    return StoreArgs(**{**given, **changes})


CASES: list[tuple[str, Callable[[], object]]] = [
    ("tenant", lambda: EnvironmentNames("x", SUBSCRIPTION, "westeurope", "sandbox")),
    ("subscription", lambda: EnvironmentNames(TENANT, SUBSCRIPTION.upper(), "westeurope", "sandbox")),
    ("location", lambda: EnvironmentNames(TENANT, SUBSCRIPTION, "West Europe", "sandbox")),
    ("environment", lambda: EnvironmentNames(TENANT, SUBSCRIPTION, "westeurope", "Sand_box")),
    ("project", lambda: ProjectNames("cata--lyst", PLACE)),
    ("project", lambda: ProjectNames("p" * 50, PLACE)),
    ("life", lambda: ProjectNames("catalyst", PLACE, 0)),
    ("recover", lambda: project_args(recover=True)),
    ("targets", lambda: project_args(targets=())),
    ("targets", lambda: project_args(targets=("quantinuum.sim.h2-1e", "*"))),
    ("plans", lambda: project_args(plans={"quantinuum": "basic1"})),
    ("plans", lambda: project_args(targets=("rigetti.sim.qvm",))),
    ("plans", lambda: project_args(targets=("rigetti.sim.qvm",), plans={"rigetti": "a b"})),
    ("retention_days", lambda: project_args(retention_days=1)),
    ("retention_days", lambda: project_args(retention_days=3651)),
    ("frozen", lambda: project_args(frozen="<script>")),
    ("frozen", lambda: project_args(frozen="x" * 257)),
    ("tags", lambda: project_args(names=ProjectNames("other", PLACE))),
    (
        "PipelineArgs.issuer",
        lambda: pipeline_args(issuer="https://token.actions.githubusercontent.com.evil.org"),
    ),
    ("PipelineArgs.repository", lambda: pipeline_args(repository="example-org/*")),
    ("PipelineArgs.environment", lambda: pipeline_args(environment="*")),
    ("PipelineArgs.repository_id", lambda: pipeline_args(repository_id="")),
    ("PipelineArgs.kind", lambda: pipeline_args(kind="jenkins")),
    ("Subject.subject", lambda: Subject("github", "https://x.example", "repo:a/*")),
    ("GroupsArgs", lambda: GroupsArgs(guid("a"), guid("a"), guid("b"), guid("c"))),
    ("GroupsArgs.auditors", lambda: GroupsArgs(guid("a"), "auditors", guid("b"), guid("c"))),
    ("security_log_days", lambda: LogSinksArgs(365, 30, 90, 90)),
    ("operational_log_days", lambda: LogSinksArgs(365, 30, 400, 90)),
    ("trail_lock_days", lambda: LogSinksArgs(30, 31, 365, 90)),
    ("StoreArgs.account", lambda: store(account="Has-Hyphens")),
    ("StoreArgs.undo_days", lambda: store(undo_days=90)),
    ("KeyArgs.vault", lambda: KeyArgs(PLACE, "g", "1vault", "k", {})),
    ("KeyArgs.vault", lambda: KeyArgs(PLACE, "g", "v" * 25, "k", {})),
    ("KeyArgs.vault", lambda: KeyArgs(PLACE, "g", "a--b", "k", {})),
    ("BudgetArgs.per_month", lambda: BudgetArgs("0", FIRST, (50,), "a@b.c")),
    ("BudgetArgs.begins", lambda: BudgetArgs("5", date(2026, 11, 2), (50,), "a@b.c")),
    ("BudgetArgs.alert_percent", lambda: BudgetArgs("5", FIRST, (50, 50), "a@b.c")),
    ("Unusual.networks", lambda: Unusual(60, ("192.0.2.1/24",), 60)),
    ("Unusual.networks", lambda: Unusual(60, (), 60)),
    ("ElevationArgs.approvers", lambda: elevation_args(approvers=elevation_args().requesters)),
    ("ElevationArgs.rules", lambda: elevation_args(rules={"owner": guid("x")})),
    ("ElevationArgs.rules", lambda: elevation_args(rules={"rotate-key": "x"})),
    ("ElevationArgs.hours", lambda: elevation_args(hours=25)),
    ("EnvironmentArgs.level", lambda: environment_args(level="test")),
    ("EnvironmentArgs.alert_emails", lambda: environment_args(alert_emails=())),
    ("EnvironmentArgs.denied_calls_per_hour", lambda: environment_args(denied_calls_per_hour=0)),
    ("EnvironmentArgs.elevation", lambda: environment_args(elevation=(elevation_args(), elevation_args()))),
    ("EnvironmentArgs.roles", lambda: environment_args(level="prod", roles=roles_args(break_glass=""))),
    ("EnvironmentArgs.tags", lambda: environment_args(tags=EnvironmentTags("dev", "a@b.c", "CC"))),
    ("RolesArgs.pipelines", lambda: environment_args(roles=roles_args(pipelines={"plan": pipeline_args()}))),
    ("RolesArgs", lambda: environment_args(roles=roles_args(security=roles_args().platform))),
    ("Permissions.actions", lambda: Permissions("x", "", actions=("*",))),
    ("Permissions.actions", lambda: Permissions("x", "", actions=("Microsoft.Quantum/*",), because="why")),
    ("Permissions.actions", lambda: Permissions("x", "", actions=("*/read",))),
    ("Permissions.actions", lambda: Permissions("x", "", data_actions=("*/write",), because="why")),
    ("Permissions.actions", lambda: Permissions("x", "")),
]


@pytest.mark.parametrize(("argument", "make"), CASES)
def test_refused_with_the_argument_and_a_fix(argument: str, make: Callable[[], object]) -> None:
    with pytest.raises(ArgumentError) as error:
        make()
    assert argument in error.value.argument
    assert error.value.fix


def test_an_unmarked_project_needs_no_mark() -> None:
    check_mark("x", "")


def test_alarms_ask_for_the_projects_own_targets_and_networks(project_up: Run) -> None:
    rows = {row.name: row.inputs for row in azure_type(project_up, "monitor:ScheduledQueryRule")}
    queries = {name: row["criteria"]["allOf"][0]["query"] for name, row in rows.items()}
    assert 'TargetId !in~ ("quantinuum.sim.h2-1e", "rigetti.sim.qvm")' in queries["other-target"]
    assert 'ipv4_is_in_any_range(Caller, "192.0.2.0/24", "10.4.0.0/14")' in queries["other-network"]
    assert NAMES.account in queries["other-network"]
    assert rows["spike"]["criteria"]["allOf"][0]["threshold"] == 60
    for name, row in rows.items():
        log = PLACE.security_log if name == "other-network" else PLACE.operational_log
        assert row["scopes"] == [PLACE.log_id(log)]
        assert row["actions"]["actionGroups"] == [PLACE.alert_group_id]
        assert row["skipQueryValidation"] is True


def test_texts_in_queries_cannot_break_out() -> None:
    assert text('a" or true') == '"a\\" or true"'


def test_idleness_is_a_query_over_weeks() -> None:
    assert "TimeGenerated - Before > 60d" in idle_query(NAMES, 60)


@pytest.mark.parametrize(
    ("kind", "issuer", "repository", "place", "subject"),
    [
        (
            "gitlab",
            "https://gitlab.com",
            "group/sub/catalyst",
            "main",
            "project_path:group/sub/catalyst:ref_type:branch:ref:main",
        ),
        (
            "azure-devops",
            "https://vstoken.dev.azure.com/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
            "example-org/Quantum",
            "catalyst-dev",
            "sc://example-org/Quantum/catalyst-dev",
        ),
    ],
)
def test_every_ci_system_has_one_shape(
    kind: str, issuer: str, repository: str, place: str, subject: str
) -> None:
    args = pipeline_args(
        kind=kind, issuer=issuer, repository=repository, environment=place, repository_id="", owner_id=""
    )
    assert [row.subject for row in args.subjects] == [subject]
