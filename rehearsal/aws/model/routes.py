"""aws.ec2.RouteTable and RouteTableAssociation: API_CreateRouteTable.html and API_AssociateRouteTable.html on
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/.
"""

from __future__ import annotations

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import REGION_PROP, TAGS, TAGS_ALL, refused
from rehearsal.provider.model.schema import ASSIGNED, Failure, Kind, Out, Prop, TypeModel, Values, always

_INSIDE = "only routes within the VPC are played; gateway endpoints add theirs by themselves"


def _subnet(inputs: Values) -> list[Failure]:
    return [] if "subnetId" in inputs else [Failure("subnetId", "is required: gateways are not played")]


ROUTE_TABLE = TypeModel(
    "aws:ec2/routeTable:RouteTable",
    inputs=(
        refused("propagatingVgws", Kind.TEXTS, "virtual private gateways are not played", always([])),
        REGION_PROP,
        refused("routes", Kind.OBJECTS, _INSIDE, always([])),
        TAGS,
        Prop(
            "vpcId",
            required=True,
            replaces=True,
            rule=rules.matches(r"vpc-\w+", "must be the id of a VPC"),
        ),
    ),
    outputs={"arn": ASSIGNED, "ownerId": Out(lambda facts, _: facts.account), "tagsAll": TAGS_ALL},
    notes=("A table that a subnet still uses cannot be deleted, as in AWS.",),
)

ROUTE_TABLE_ASSOCIATION = TypeModel(
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    inputs=(
        refused("gatewayId", Kind.TEXT, "gateways are not played; give subnetId", always("")),
        REGION_PROP,
        Prop(
            "routeTableId",
            required=True,
            replaces=True,
            rule=rules.matches(r"rtb-\w+", "must be the id of a route table"),
        ),
        Prop(
            "subnetId",
            replaces=True,
            rule=rules.matches(r"subnet-\w+", "must be the id of a subnet"),
        ),
    ),
    outputs={},
    # A subnet has one table.
    identity=("subnetId",),
    rules=(_subnet,),
    notes=("Another table makes another association, which in AWS is an update that changes the id.",),
)
