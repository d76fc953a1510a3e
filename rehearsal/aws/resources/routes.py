"""aws.ec2 route tables in the local cloud."""

from __future__ import annotations

from typing import Any

from rehearsal.aws.clients import Aws
from rehearsal.aws.resources.base import Handler, Wanted, tag_map
from rehearsal.aws.resources.network import retag, tag_specification
from rehearsal.provider.model.schema import Value, Values


class RouteTable(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        answer = aws.ec2.create_route_table(
            VpcId=want["vpcId"], TagSpecifications=tag_specification("route-table", want)
        )
        return str(answer["RouteTable"]["RouteTableId"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None:
            retag(aws, id, want, have)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.ec2.describe_route_tables(RouteTableIds=[id])["RouteTables"][0]
        return {
            "arn": aws.facts.arn("ec2", f"route-table/{id}"),
            "tagsAll": tag_map(found.get("Tags", [])),
            "vpcId": found["VpcId"],
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.ec2.delete_route_table(RouteTableId=id)


class RouteTableAssociation(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        answer = aws.ec2.associate_route_table(RouteTableId=want["routeTableId"], SubnetId=want["subnetId"])
        return str(answer["AssociationId"])

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = association(aws, "association.route-table-association-id", id, "RouteTableAssociationId")
        if found is None:
            return None
        return {"routeTableId": found["RouteTableId"], "subnetId": found["SubnetId"]}

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.ec2.disassociate_route_table(AssociationId=id)


def association(aws: Aws, filter_: str, value: str, member: str) -> dict[str, Any] | None:
    """Return the association whose `member` is `value`, found by the filter of that name."""
    tables = aws.ec2.describe_route_tables(Filters=[{"Name": filter_, "Values": [value]}])["RouteTables"]
    every = (one for table in tables for one in table["Associations"])
    return next((one for one in every if one.get(member) == value), None)
