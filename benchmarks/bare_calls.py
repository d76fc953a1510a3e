"""`up` of an environment and a project against the bare boto3 calls it makes, replayed one after another.

The calls are recorded in one local cloud, replayed in a second, and `up` is measured in a third.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from benchmarks.common import (
    PACKS,
    Result,
    account_of,
    config_of,
    embedded,
    environment_of,
    local_cloud,
    provider,
    resources,
    timed,
    well,
)
from components.spec import EnvironmentStack, ProjectStack, load_stack
from rehearsal.aws.clients import Cloud

Call = tuple[str, str, str]
_RANDOM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def measure(stack: str, runs: int) -> Result:
    """One run each: a local cloud is fresh only once."""
    stacks = tuple(dict.fromkeys((environment_of(stack), stack)))
    account = account_of(stack)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        calls = _record(home / "recorded", stacks, account)
        replay, failed = _replay(home / "replayed", calls, account, stacks[0])
        whole, applied, count = _up(home / "measured", stacks, account)
    result = Result(
        f"Up of {' and '.join(stacks)}, {count} resources, {len(calls)} AWS calls",
        ("ours", "bare boto3", "ratio", "aim"),
        values={"resources": count, "calls": len(calls), "calls answered with an error": failed},
    )
    result.compare("preview, policies and update", whole, replay, "2")
    result.compare("of it the update", applied, replay)
    return result


def _record(home: Path, stacks: tuple[str, ...], account: str) -> list[Call]:
    calls: list[Call] = []

    def note(service: str, operation: str, params: Mapping[str, Any]) -> None:
        calls.append((service, operation, json.dumps(params, default=datetime.isoformat)))

    with local_cloud(home) as cloud, provider(cloud.endpoint, account, note) as servers:
        engine = embedded(home / "state", servers, parallel=1)
        for stack in stacks:
            well(engine.up(stack, config_of(stack)))
    return calls


def _replay(home: Path, calls: list[Call], account: str, stack: str) -> tuple[float, int]:
    """Seconds, and how many calls were answered with an error. Clients are made beforehand."""
    region = load_stack_region(stack)
    with local_cloud(home) as local:
        cloud = Cloud(local.endpoint, account)
        for service in {service for service, _, _ in calls}:
            cloud.client(service, region)
        failed = 0

        def run() -> None:
            nonlocal failed
            fresh: list[str] = []
            names: dict[str, str] = {}
            for service, operation, text in calls:
                for old in _RANDOM.findall(text):
                    if old not in names and fresh:
                        names[old] = fresh.pop()
                for old, new in names.items():
                    text = text.replace(old, new)
                try:
                    call = getattr(cloud.client(service, region), xform_name(operation))
                    answer = call(**json.loads(text))
                except ClientError:
                    failed += 1
                    continue
                if operation.startswith(("Create", "Subscribe")):
                    known = {*names.values(), *fresh}
                    answer.pop("ResponseMetadata")
                    found = dict.fromkeys(_RANDOM.findall(json.dumps(answer, default=str)))
                    fresh += [f for f in found if f not in known]

        return timed(run), failed


def load_stack_region(stack: str) -> str:
    found = load_stack(Path(__file__).parents[1], stack).stack
    assert isinstance(found, EnvironmentStack | ProjectStack)
    return found.spec.aws.region


def _up(home: Path, stacks: tuple[str, ...], account: str) -> tuple[float, float, int]:
    """Seconds of `up`, of the updates in them, and the number of resources."""
    whole = applied = 0.0
    count = 0
    with local_cloud(home) as cloud, provider(cloud.endpoint, account) as servers:
        engine = embedded(home / "state", servers, policy_packs=PACKS)
        for stack in stacks:
            config = config_of(stack)
            outcomes = []
            whole += timed(lambda: outcomes.append(well(engine.up(stack, config))))  # noqa: B023 used at once
            applied += outcomes[0].duration
            count += resources(outcomes[0])
    return whole, applied, count
