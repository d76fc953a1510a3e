"""AWS as a preview would find it once everything is made: what only the cloud can assign has an example.

A project's policies name ids of its environment's network. To judge them before there is any network, the
environment is previewed with ids of the right form: a prefix and 17 hexadecimal digits, which follow from
the resource's URN, so that they are the same each time. Source:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html.
"""

from __future__ import annotations

import hashlib
from typing import Final

from rehearsal.aws.stand_in import AwsProvider
from rehearsal.provider.model.schema import TypeModel

PREFIXES: Final = {
    "aws:ec2/flowLog:FlowLog": "fl",
    "aws:ec2/routeTable:RouteTable": "rtb",
    "aws:ec2/securityGroup:SecurityGroup": "sg",
    "aws:ec2/subnet:Subnet": "subnet",
    "aws:ec2/vpc:Vpc": "vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
}
"""Types whose id is theirs alone. Other ids follow from names, or nobody's policy needs them."""


class ExampleAws(AwsProvider):
    """Plays AWS for previews alone, with examples of the ids that it would assign."""

    def __init__(self, credentials_account: str) -> None:
        super().__init__(None, credentials_account)

    def foreseen_id(self, model: TypeModel, urn: str) -> str:
        prefix = PREFIXES.get(model.token)
        return f"{prefix}-0{hashlib.sha256(urn.encode()).hexdigest()[:16]}" if prefix else ""
