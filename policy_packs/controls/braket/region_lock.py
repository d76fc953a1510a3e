"""R1: nothing is made outside the region that the stack file names."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.aws import BUCKET_REPLICATION
from policy_packs.controls.control import Control, Finding, Resource, Severity, expect, fail, undecided
from policy_packs.controls.stack_facts import Declared, StackFacts

_PROVIDER = "pulumi:providers:aws"
# What belongs to a device lives in the device's region, and holds no data: its spending limit, the rule that
# sends its events home. Everything else stays at home.
_OF_DEVICES = (
    "aws:cloudcontrol/resource:Resource",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/eventTarget:EventTarget",
)
# A private network is where its endpoints are, in each declared region; it holds no data.
_OF_NETWORKS = ("aws:ec2/", "aws:vpc/")


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if resource.type == _PROVIDER:
        region = resource["region"]
        where = "its provider's region"
    elif resource.type.startswith("aws:"):
        # A resource's own `region` (pulumi_aws 7) goes before its provider's.
        region = resource["region"] or resource.provider.get("region")
        where = "its region"
        if not resource.provider_type:
            yield undecided("it names no provider, so its region is whatever the machine is set to")
            return
        if resource.provider_type != _PROVIDER:
            yield fail(f"it goes through a provider of another kind, {resource.provider_type}")
            return
    else:
        return
    declared = facts.need()
    allowed = declared.region
    elsewhere = resource.type in _OF_DEVICES or resource.type.startswith(_OF_NETWORKS)
    regions = (allowed, *declared.also) if elsewhere else (allowed,)
    if region.absent:
        yield undecided(f"{where} is not written down, so it is whatever the machine is set to")
    else:
        yield from expect(
            region, lambda name: name in regions, f"{where} is {region}, the stack allows {allowed}"
        )
    yield from _copies(resource, facts)


def _copies(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    """What lies in the right region may still be copied to another."""
    allowed = facts.need().region
    if resource.type == "aws:kms/key:Key":
        yield from expect(
            resource["multiRegion"], lambda many: many in (None, False), "it is a key for several regions"
        )
    if resource.type == BUCKET_REPLICATION:
        yield from _replicas(resource, facts.need())
    if resource.type in (
        "aws:kms/replicaKey:ReplicaKey",
        "aws:kms/replicaExternalKey:ReplicaExternalKey",
    ):
        yield fail("it copies to elsewhere")
    for inline in ("replicationConfiguration", "replicationConfigurations", "replicas"):
        if resource[inline]:
            yield fail(f"{inline} copies it to elsewhere than {allowed}")


def _replicas(resource: Resource, declared: Declared) -> Iterator[Finding]:
    """A bucket's ARN says neither account nor region: copies go to the project's archive by its name alone,
    which this very stack makes, in its region.
    """
    archive = f"arn:aws:s3:::qlz-{declared.project}-{declared.environment}-archive-{declared.account}"
    rules = resource["rules"]
    if rules.unknown:
        yield undecided(rules)
        return
    for rule in rules:
        destination = rule.get("destination")
        yield from expect(
            destination.get("bucket"),
            lambda arn: declared.is_project and arn == archive,
            "it copies to elsewhere than the project's own archive",
        )
        yield from expect(
            destination.get("account"),
            lambda account: account in (None, declared.account),
            "it copies to another account",
        )


CONTROL = Control(
    id="qlz-r1-region-lock",
    title="Everything stays in the stack's region",
    why="Data, keys and logs outside the agreed region break the residency promise made for the project.",
    fix=(
        "Use the stack's own provider, leave out `region` and copies to elsewhere; to move, change the stack"
        " file's aws.region."
    ),
    requirements=("R1",),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-4", "SA-9"),
        "iso-27001-2022-annex-a": ("A.5.23", "A.5.31"),
        "ncsc-cloud-principles": ("2",),
        "csa-ccm-4": ("DSP-10",),
        "uk-gdpr": ("44", "32"),
    },
    types=(),
    judge=judge,
    admits_exceptions=False,
)
