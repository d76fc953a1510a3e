"""Networks."""

from __future__ import annotations

from typing import Any


def correct() -> None:
    _endpoints_follow_their_route_tables()


def _endpoints_follow_their_route_tables() -> None:
    """ModifyVpcEndpoint changes the routes of a Gateway endpoint, too; moto only notes the tables."""
    from moto.ec2.models import EC2Backend

    modify = EC2Backend.modify_vpc_endpoint

    def modified(self: Any, vpc_id: str, **more: Any) -> None:
        endpoint = self.describe_vpc_endpoints(vpc_end_point_ids=[vpc_id])[0]
        before = set(endpoint.route_table_ids or [])
        modify(self, vpc_id, **more)
        prefixes = endpoint.destination_prefix_list_id
        after = set(endpoint.route_table_ids or [])
        for table in sorted(after - before):
            self.create_route(table, None, gateway_id=vpc_id, destination_prefix_list_id=prefixes)
        for table in sorted(before - after):
            self.delete_route(table, prefixes)

    EC2Backend.modify_vpc_endpoint = modified  # type: ignore[method-assign, assignment]
