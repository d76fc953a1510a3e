"""Where moto's own store would go wrong or lacks what accounts have beforehand, and no client can mend it.

Put right when a service loads.
"""

from __future__ import annotations

from typing import Any


def correct(service: str) -> None:
    """Correct moto's store of a service; called before its first request."""
    if service == "ec2":
        _endpoints_follow_their_route_tables()
    if service == "kms":
        _external_keys_wait_for_material()
    if service == "logs":
        _put_replaces_metric_filters()
    if service == "organizations":
        _an_organization_is_there()
    if service == "secretsmanager":
        _empty_description_is_one()


def _put_replaces_metric_filters() -> None:
    """PutMetricFilter creates or updates (AmazonCloudWatchLogs API reference); moto adds a second one."""
    from moto.logs.metric_filters import MetricFilters

    add = MetricFilters.add_filter

    def put(self: Any, filter_name: str, filter_pattern: str, log_group_name: str, *more: Any) -> None:
        self.metric_filters[:] = [
            one
            for one in self.metric_filters
            if (one["filterName"], one["logGroupName"]) != (filter_name, log_group_name)
        ]
        add(self, filter_name, filter_pattern, log_group_name, *more)

    MetricFilters.add_filter = put  # type: ignore[method-assign, assignment]


def _empty_description_is_one() -> None:
    """UpdateSecret with an empty description takes it away; moto keeps the old one."""
    from moto.secretsmanager.models import SecretsManagerBackend

    update = SecretsManagerBackend.update_secret

    def updated(self: Any, secret_id: str, **more: Any) -> str:
        answer = update(self, secret_id, **more)
        if more.get("description") == "":
            self.secrets[secret_id].description = None
        return answer

    SecretsManagerBackend.update_secret = updated  # type: ignore[method-assign, assignment]


def _an_organization_is_there() -> None:
    """A management account has its organization, and its members are those that policies are attached to."""
    from moto.organizations.models import FakeAccount, OrganizationsBackend, organizations_backends
    from moto.organizations.utils import DEFAULT_SCP_POLICY_ID

    create_policy, attach_policy = OrganizationsBackend.create_policy, OrganizationsBackend.attach_policy

    def created(self: Any, **asked: Any) -> dict[str, Any]:
        if self.org is None and self.account_id not in organizations_backends.master_accounts:
            self.create_organization(region="us-east-1", FeatureSet="ALL")
            root = self.list_roots()["Roots"][0]["Id"]
            self.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
        return create_policy(self, **asked)

    def attached(self: Any, **asked: Any) -> None:
        target = str(asked["TargetId"])
        if self.org is not None and target.isdigit() and all(one.id != target for one in self.accounts):
            member = FakeAccount(self.org, AccountName=target, Email=f"{target}@example.org")
            member.id = target
            self.accounts.append(member)
            organizations_backends.master_accounts[target] = (self.account_id, self.partition)
            attach_policy(self, PolicyId=DEFAULT_SCP_POLICY_ID, TargetId=target)
        attach_policy(self, **asked)

    OrganizationsBackend.create_policy = created  # type: ignore[method-assign]
    OrganizationsBackend.attach_policy = attached  # type: ignore[method-assign]


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


def _external_keys_wait_for_material() -> None:
    """A key of origin EXTERNAL is PendingImport and can be neither enabled nor disabled; moto enables it."""
    from moto.core.exceptions import JsonRESTError
    from moto.kms.models import KmsBackend

    create, enable, disable = KmsBackend.create_key, KmsBackend.enable_key, KmsBackend.disable_key

    def created(self: Any, *asked: Any, **more: Any) -> Any:
        key = create(self, *asked, **more)
        if key.origin == "EXTERNAL":
            key.enabled, key.key_state = False, "PendingImport"
        return key

    def switched(switch: Any) -> Any:
        def refuse_or_switch(self: Any, key_id: str) -> None:
            key = self.keys[key_id]
            if key.key_state == "PendingImport":
                raise JsonRESTError("KMSInvalidStateException", f"{key.arn} is pending import.")
            switch(self, key_id)

        return refuse_or_switch

    KmsBackend.create_key = created  # type: ignore[method-assign]
    KmsBackend.enable_key = switched(enable)  # type: ignore[method-assign]
    KmsBackend.disable_key = switched(disable)  # type: ignore[method-assign]
