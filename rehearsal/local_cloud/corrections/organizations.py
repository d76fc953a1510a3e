"""Organizations."""

from __future__ import annotations

from typing import Any


def correct() -> None:
    _an_organization_is_there()


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
