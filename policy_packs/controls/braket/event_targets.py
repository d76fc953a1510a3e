"""L2, L3: what an event tells goes to this account alone, from a project only what logs may hold."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import EVENT_TARGET
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail, undecided
from policy_packs.controls.stack_facts import StackFacts

_FIELDS = frozenset(
    (
        "$.time",
        "$.region",
        "$.account",
        "$.detail-type",
        "$.detail.quantumTaskArn",
        "$.detail.jobArn",
        "$.detail.deviceArn",
        "$.detail.status",
        "$.detail.eventName",
        "$.detail.shots",
        "$.detail.outputS3Bucket",
        "$.detail.outputS3Directory",
        "$.detail.createdAt",
        "$.detail.endedAt",
    )
)
"""Fields of Braket's events that say what was done, never what was computed."""


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    declared = facts.need()
    home = f"arn:aws:events:{declared.region}:{declared.account}:event-bus/default"
    if declared.is_environment and resource["arn"] == home and resource["region"].text() in declared.also:
        return  # from a further region to the bus at home, whose rules are judged by themselves
    yield from expect(
        resource["arn"],
        lambda arn: (
            isinstance(arn, str)
            and arn.split(":")[2:3] in (["logs"], ["sns"])
            and arn.split(":")[3:5] == [declared.region, declared.account]
        ),
        "it sends events to something else than a log group or topic of this account and region",
    )
    if not declared.is_project:
        return
    transformer = resource["inputTransformer"]
    if transformer.unknown:
        yield undecided(transformer)
        return
    if transformer.absent:
        yield fail("it passes events on as they come, with whatever they carry")
        return
    paths = transformer.get("inputPaths")
    if paths.unknown:
        yield undecided(paths)
        return
    plain = paths.plain()
    for name, path in sorted(plain.items()) if isinstance(plain, dict) else ():
        if path not in _FIELDS:
            yield fail(f"{name} takes {path}, which no log may hold")
    if "aws.events.event" in transformer.get("inputTemplate").text().replace(".ingestion-time", ""):
        yield fail("its template passes the whole event on")


CONTROL = Control(
    id="qlz-l2-event-fields",
    title="Events carry no payload into a log",
    why="A log is read by more people, and kept longer, than the results that an event may tell of.",
    fix="Give the target an input transformer whose paths are fields of the event that say what was done.",
    requirements=("L2", "L3", "T3"),
    severity=Severity.HIGH,
    frameworks={
        "nist-800-53-r5": ("AU-3(3)", "AC-4"),
        "iso-27001-2022-annex-a": ("A.8.15", "A.8.12"),
        "ncsc-cloud-principles": ("13",),
        "csa-ccm-4": ("LOG-07", "LOG-08"),
        "uk-gdpr": ("5", "25"),
    },
    types=(EVENT_TARGET,),
    judge=judge,
)
