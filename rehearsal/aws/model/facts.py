"""What the AWS stand-in knows without asking the cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from rehearsal.provider.model.schema import Facts as ProviderFacts
from rehearsal.provider.model.schema import Values


@dataclass(frozen=True)
class Facts(ProviderFacts):
    """What a provider instance knows without asking the cloud."""

    account: str
    region: str
    default_tags: Mapping[str, str] = field(default_factory=dict)

    def arn(self, service: str, rest: str, *, regional: bool = True, account: bool = True) -> str:
        """Compose `arn:aws:SERVICE:REGION:ACCOUNT:REST` in the partition of the region."""
        region = self.region if regional else ""
        return f"arn:{self.partition}:{service}:{region}:{self.account if account else ''}:{rest}"

    @property
    def partition(self) -> str:
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    def of(self, inputs: Values) -> Self:
        """Return the facts with the region this very resource asks for."""
        region = inputs.get("region")
        if not isinstance(region, str) or not region:
            return self
        return replace(self, region=region)
