"""The organization's program."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from components.braket.organization import Organization, OrganizationArgs
from components.programs.aws_common import aws_provider
from components.programs.common import Exports
from components.programs.environment import environment_names
from components.spec import EnvironmentStack, Lifecycle, OrganizationStack
from components.tags import OrganizationTags


def build_organization(stack: OrganizationStack, environments: Sequence[EnvironmentStack]) -> Exports:
    """The organization and its exports."""
    spec = stack.spec
    places = tuple(environment_names(environment) for environment in environments)
    args = OrganizationArgs(
        account=spec.aws.account,
        tags=OrganizationTags(spec.owner, spec.cost_centre),
        environments=places,
        cost_tags=spec.cost_tags,
        protect=spec.lifecycle is Lifecycle.ACTIVE,
    )
    provider = aws_provider(spec.aws.account, spec.aws.region)
    Organization(stack.name, args, pulumi.ResourceOptions(provider=provider))
    return {
        "account": spec.aws.account,
        "region": spec.aws.region,
        "level": stack.level,
        "lifecycle": spec.lifecycle.value,
        "lockedRegions": {place.account: list(place.regions) for place in places},
        "costTags": list(spec.cost_tags),
    }
