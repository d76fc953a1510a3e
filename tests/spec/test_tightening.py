"""A change only tightens when every key of it does, and a key nobody has thought of does not."""

from __future__ import annotations

import copy
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from components.spec import tightening
from components.spec.azure import AzureEnvironmentSpec, AzureProjectSpec
from components.spec.charter import Charter
from components.spec.environment import EnvironmentSpec
from components.spec.exceptions import PolicyException
from components.spec.organization import OrganizationSpec
from components.spec.project import ProjectSpec
from components.spec.strict_yaml import read_yaml
from components.spec.tightening import Rows, only_tightens, widenings
from tests.spec.exceptions import EXAMPLE

ROOT = Path(__file__).parents[2]
PROJECT = "stacks/Pulumi.optimus-prod.yaml"
CHARTER = "stacks/charters/optimus.yaml"
AZURE = "stacks/Pulumi.catalyst-prod.yaml"
ENVIRONMENT = "stacks/Pulumi.prod-optimus.yaml"
AZURE_ENVIRONMENT = "stacks/Pulumi.azure-prod-catalyst.yaml"
ORGANIZATION = "stacks/Pulumi.organization.yaml"
EXCEPTION = "stacks/exceptions/simulation-log.yaml"
SPEC = ("config", "qlz:spec")
Files = dict[str, Any]
Place = tuple[str | int, ...]


def _read() -> Files:
    paths = [*(ROOT / "stacks").glob("Pulumi.*.yaml"), *(ROOT / "stacks/charters").glob("*.yaml")]
    files = {str(path.relative_to(ROOT)): path.read_bytes() for path in sorted(paths)}
    files[EXCEPTION] = EXAMPLE.encode()
    return {file: read_yaml(file, data).value for file, data in files.items()}


EXAMPLES = _read()
GRANT = {
    "what": "production-queue", "requester": "ada@example.org", "approver": "bob@example.org",
    "reason": "A run that people watch.", "ticket": "T-1",
    "start": "2026-11-02T08:00:00Z", "end": "2026-11-02T12:00:00Z",
}  # fmt: skip


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every place in a value, itself first."""
    yield at
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(part, (*at, key))


def at(value: Any, place: Place) -> Any:
    for key in place:
        value = value[key]
    return value


def put(file: str, place: Place, value: Any) -> Files:
    """The examples with one value in one place, or without it."""
    changed = copy.deepcopy(EXAMPLES)
    holder = at(changed[file], place[:-1])
    if value is None:
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    return changed


PLACES = [(file, place) for file, value in EXAMPLES.items() for place in places(value)]


def test_the_same_files_only_tighten() -> None:
    assert only_tightens(EXAMPLES, copy.deepcopy(EXAMPLES))
    assert only_tightens({}, {})


@pytest.mark.parametrize(
    ("file", "place", "value"),
    [
        (PROJECT, (*SPEC, "lifecycle"), "decommissioned"),
        (PROJECT, (*SPEC, "devices", 0), None),
        (PROJECT, (*SPEC, "results", "retention_days"), 2),
        (PROJECT, (*SPEC, "aws", "also"), None),
        (AZURE, (*SPEC, "lifecycle"), "decommissioned"),
        (AZURE, (*SPEC, "accepted", 0), None),
        (AZURE, (*SPEC, "accepted", 0, "expires"), "2026-11-30"),
        (AZURE, (*SPEC, "accepted"), None),
        (ENVIRONMENT, (*SPEC, "lifecycle"), "decommissioned"),
        (ENVIRONMENT, (*SPEC, "identity", "ci"), None),
        (ENVIRONMENT, (*SPEC, "identity", "break_glass"), None),
        (ENVIRONMENT, (*SPEC, "alerts", "denied_calls_per_hour"), 1),
        (AZURE_ENVIRONMENT, (*SPEC, "lifecycle"), "decommissioned"),
        (ORGANIZATION, (*SPEC, "next_review"), "2026-11-10"),
        (CHARTER, ("end",), "2027-01-01"),
        (CHARTER, ("start",), "2026-12-01"),
        (CHARTER, ("spending", 0), None),
        (CHARTER, ("spending", 0, "usd"), "9"),
        (CHARTER, ("spending",), None),
        (CHARTER, ("tiers", 0), None),
        (CHARTER, ("alerts", "submissions_per_hour"), 1),
        (EXCEPTION, ("expires",), "2026-11-30"),
    ],
)
def test_what_tightens(file: str, place: Place, value: Any) -> None:
    assert widenings(EXAMPLES, put(file, place, value)) == ()
    assert not only_tightens(put(file, place, value), EXAMPLES), "and the way back does not"


@pytest.mark.parametrize(
    ("file", "place", "value"),
    [
        (PROJECT, ("config", "qlz:level"), "dev"),
        (PROJECT, (*SPEC, "tier"), "pre-production"),
        (PROJECT, (*SPEC, "tier"), None),
        (PROJECT, (*SPEC, "lifecycle"), "paused"),
        (PROJECT, (*SPEC, "lifecycle"), None),
        (PROJECT, (*SPEC, "devices"), ["amazon/sv1", "amazon/sv1", "iqm/emerald"]),
        (PROJECT, (*SPEC, "devices"), "amazon/sv1"),
        (PROJECT, (*SPEC, "results", "retention_days"), 91),
        (PROJECT, (*SPEC, "results", "retention_days"), "2"),
        (PROJECT, (*SPEC, "results", "retention_days"), True),
        (PROJECT, (*SPEC, "results"), None),
        (PROJECT, (*SPEC, "aws", "region"), "eu-west-1"),
        (PROJECT, (*SPEC, "key"), None),
        (PROJECT, (*SPEC, "pipeline", "environment"), "elsewhere"),
        (PROJECT, (*SPEC, "surprise"), False),
        (PROJECT, ("encryptionsalt",), "v1:x"),
        (AZURE, (*SPEC, "accepted", 0, "expires"), "2027-12-01"),
        (AZURE, (*SPEC, "accepted", 0, "owner"), "somebody@example.org"),
        (AZURE, (*SPEC, "groups", "researchers"), "11111111-2222-4333-8444-555555555555"),
        (ENVIRONMENT, (*SPEC, "retention", "trail_days"), 90),
        (ENVIRONMENT, (*SPEC, "alerts", "emails", 0), "nobody@example.org"),
        (ENVIRONMENT, (*SPEC, "alerts", "denied_calls_per_hour"), 10_000),
        (ENVIRONMENT, (*SPEC, "identity", "oidc"), [{"kind": "gitlab"}]),
        (ENVIRONMENT, (*SPEC, "network"), None),
        (ORGANIZATION, (*SPEC, "environments", 0), None),
        (ORGANIZATION, (*SPEC, "lifecycle"), "decommissioned"),
        (CHARTER, ("end",), "2030-01-01"),
        (CHARTER, ("end",), "2027"),
        (CHARTER, ("end",), 20270101),
        (CHARTER, ("start",), "2026-01-01"),
        (CHARTER, ("spending", 0, "usd"), "100000"),
        (CHARTER, ("spending", 0, "usd"), "nan"),
        (CHARTER, ("spending", 0, "device"), "iqm/emerald"),
        (CHARTER, ("jurisdictions",), ["GB", "US"]),
        (CHARTER, ("data_path", 3), None),
        (CHARTER, ("contract",), None),
        (CHARTER, ("classification",), "public"),
        (CHARTER, ("last_review",), "2026-11-20"),
        (EXCEPTION, ("expires",), "2027-03-01"),
        (EXCEPTION, ("approved",), "2026-11-17"),
        (EXCEPTION, ("control",), "qlz-l5-trail"),
        (EXCEPTION, ("resource",), "stack"),
    ],
)
def test_what_does_not(file: str, place: Place, value: Any) -> None:
    (found,) = widenings(EXAMPLES, put(file, place, value))
    assert found.startswith(f"{file}: ")


def test_files_that_come_and_go() -> None:
    without = {file: value for file, value in EXAMPLES.items() if file != EXCEPTION}
    assert only_tightens(EXAMPLES, without), "an exception that goes takes something away"
    assert widenings(without, EXAMPLES) == (f"{EXCEPTION}: is new",)
    for file in (PROJECT, CHARTER, ENVIRONMENT):
        less = {name: value for name, value in EXAMPLES.items() if name != file}
        assert widenings(EXAMPLES, less) == (f"{file}: is gone",)
        assert widenings(less, EXAMPLES) == (f"{file}: is new",)


def test_a_kind_nobody_knows_may_not_change() -> None:
    strange = {PROJECT: {"config": {"qlz:kind": ["project"], "qlz:spec": {"devices": ["a", "b"]}}}}
    fewer = {PROJECT: {"config": {"qlz:kind": ["project"], "qlz:spec": {"devices": ["a"]}}}}
    assert not only_tightens(strange, fewer)
    assert only_tightens(strange, copy.deepcopy(strange))


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({"end": "2026-11-02T10:00:00Z"}, True),
        ({"start": "2026-11-02T09:00:00Z"}, True),
        ({"end": "2026-11-02T13:00:00Z"}, False),
        ({"end": "2026-11-02"}, False),
        ({"start": "2026-11-02T07:00:00Z"}, False),
        ({"requester": "mallory@example.org"}, False),
        ({"what": "rotate-key"}, False),
        ({"more": 1}, False),
    ],
)
def test_a_right_for_a_time(change: Mapping[str, Any], holds: bool) -> None:
    old = put(PROJECT, (*SPEC, "elevation"), [GRANT])
    assert only_tightens(old, put(PROJECT, (*SPEC, "elevation"), [{**GRANT, **change}])) is holds
    assert only_tightens(old, EXAMPLES)
    assert not only_tightens(EXAMPLES, old)


# --- of any change ------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.sampled_from(PLACES), st.text(min_size=1, max_size=5))
def test_adding_anything_widens(where: tuple[str, Place], word: str) -> None:
    file, place = where
    changed = copy.deepcopy(EXAMPLES)
    value = at(changed[file], place)
    if isinstance(value, dict):
        value[f"+{word}"] = {"new": [word]}
    elif isinstance(value, list):
        value.append(f"+{word}")
    else:
        return
    assert not only_tightens(EXAMPLES, changed)


@settings(deadline=None)
@given(
    st.sampled_from([where for where in PLACES if where[1]]),
    st.sampled_from(["gone", 0, "0", "1999-01-01", []]),
)
def test_of_two_versions_that_differ_at_most_one_way_tightens(where: tuple[str, Place], value: Any) -> None:
    file, place = where
    changed = put(file, place, None if value == "gone" else value)
    assert not (only_tightens(EXAMPLES, changed) and only_tightens(changed, EXAMPLES)) or (
        value == [] and at(EXAMPLES[file], place) == []
    )


@settings(deadline=None)
@given(st.lists(st.sampled_from([where for where in PLACES if where[1]]), min_size=2, max_size=6))
def test_steps_that_tighten_do_so_together(cuts: list[tuple[str, Place]]) -> None:
    versions = [EXAMPLES]
    for file, place in cuts:
        following = copy.deepcopy(versions[-1])
        try:
            del at(following[file], place[:-1])[place[-1]]
        except (KeyError, IndexError, TypeError):
            continue
        if only_tightens(versions[-1], following):
            versions.append(following)
    assert only_tightens(EXAMPLES, versions[-1])


def test_every_value_but_those_of_the_table_may_not_change() -> None:
    """Each leaf of each example is changed to what no direction allows."""
    for file, place in PLACES:
        if place and not isinstance(at(EXAMPLES[file], place), dict | list):
            assert not only_tightens(EXAMPLES, put(file, place, "something else")), (file, place)


MODELS: dict[str, type[BaseModel]] = {
    "AWS_PROJECT": ProjectSpec, "AZURE_PROJECT": AzureProjectSpec, "AWS_ENVIRONMENT": EnvironmentSpec,
    "AZURE_ENVIRONMENT": AzureEnvironmentSpec, "ORGANIZATION": OrganizationSpec, "CHARTER": Charter,
    "EXCEPTION": PolicyException,
}  # fmt: skip


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in typing.get_args(annotation) for model in _models(part)]


def _unknown(table: Mapping[str, Any], models: list[type[BaseModel]]) -> Iterator[str]:
    """Keys of the table that no file can hold."""
    for key, rule in table.items():
        name = key.rstrip("?")
        fields = [model.model_fields[name] for model in models if name in model.model_fields]
        if not fields:
            yield name
            continue
        inner = [model for field in fields for model in _models(field.annotation)]
        if isinstance(rule, Rows):
            yield from _unknown({**dict.fromkeys(rule.by), **rule.table}, inner)
        elif isinstance(rule, Mapping):
            yield from _unknown(rule, inner)


@pytest.mark.parametrize("name", MODELS)
def test_the_table_names_keys_that_there_are(name: str) -> None:
    assert list(_unknown(getattr(tightening, name), [MODELS[name]])) == []
