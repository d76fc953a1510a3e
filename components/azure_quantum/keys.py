"""Keys in vaults, whose administrators cannot use them (K2, K3, K7).

Each store has a vault of its own with one key. Roles decide (no access policies): the storage account's
identity may wrap and unwrap, the key administrators' role holds neither. Purge protection keeps a deleted
vault and its key for 90 days, in which its name stays taken: a project made again takes it back
(``recover``). The vault brings its keys with it, and no key is made over one that is there: so a project's
key is named by the project's life, and what the earlier key closed stays as it was. A key is rotated every
year by itself and expires after two, so that one that nobody rotates any more stops working; versions before
it still open what they closed.

Resource Manager makes a key and never changes one (Key Vault, "Keys - Create If Not Exist"): so it has no
tags, which change with the charter; its vault has them.

The vault lets in trusted services, which storage is, and the project's own public networks. Making and
changing a vault and its key is the control plane's, deleting a key is not: it goes with its vault. Azure has
no key of the customer's own on a quantum workspace or, without a cluster of one's own, on its logs.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure

from components.args import check_match
from components.azure_quantum.names import EnvironmentNames

SOFT_DELETE_DAYS = 90
"""A purge-protected vault and its keys can be brought back so long, and its name is taken so long."""
_PRIVATE = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


@dataclass(frozen=True, slots=True)
class KeyArgs:
    """A vault with one key.

    networks: from which people administer it; private ones are left out, for Azure knows public addresses
    only. recover: take back a soft-deleted vault of the same name. retain: leave it when the stack is
    destroyed.
    """

    names: EnvironmentNames
    group: str
    vault: str
    key: str
    tags: Mapping[str, str]
    networks: tuple[str, ...] = ()
    recover: bool = False
    protect: bool = True
    retain: bool = False

    def __post_init__(self) -> None:
        vault = r"(?=.{3,24}$)[a-z](-?[a-z0-9])*"
        check_match("KeyArgs.vault", self.vault, vault, "3 to 24 letters, digits and single hyphens")
        check_match("KeyArgs.key", self.key, r"[A-Za-z0-9-]{1,127}", "letters, digits and hyphens")


@dataclass(frozen=True, slots=True)
class ManagedKey:
    """The vault and its key."""

    vault: azure.keyvault.Vault
    key: azure.keyvault.Key


def managed_key(
    name: str, args: KeyArgs, parent: pulumi.Resource, after: tuple[pulumi.Resource, ...]
) -> ManagedKey:
    """Makes the vault and its key."""
    vault = azure.keyvault.Vault(
        name,
        vault_name=args.vault,
        resource_group_name=args.group,
        location=args.names.location,
        properties={
            "tenant_id": args.names.tenant,
            "sku": {"family": "A", "name": azure.keyvault.SkuName.STANDARD},
            "create_mode": azure.keyvault.CreateMode.RECOVER
            if args.recover
            else azure.keyvault.CreateMode.DEFAULT,
            "enable_rbac_authorization": True,
            "enable_soft_delete": True,
            "enable_purge_protection": True,
            "soft_delete_retention_in_days": SOFT_DELETE_DAYS,
            "public_network_access": "Enabled",
            "network_acls": {
                "bypass": "AzureServices",
                "default_action": "Deny",
                "ip_rules": [{"value": network} for network in _public(args.networks)],
            },
        },
        tags=args.tags,
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=list(after),
            protect=args.protect,
            retain_on_delete=args.retain,
        ),
    )
    key = azure.keyvault.Key(
        name,
        key_name=args.key,
        vault_name=args.vault,
        resource_group_name=args.group,
        properties={
            "kty": "RSA",
            "key_size": 4096,
            "key_ops": ["wrapKey", "unwrapKey"],
            "attributes": {"enabled": True, "exportable": False},
            "rotation_policy": {
                "attributes": {"expiry_time": "P2Y"},
                "lifetime_actions": [
                    {
                        "action": {"type": azure.keyvault.KeyRotationPolicyActionType.ROTATE},
                        "trigger": {"time_after_create": "P1Y"},
                    },
                    {
                        "action": {"type": azure.keyvault.KeyRotationPolicyActionType.NOTIFY},
                        "trigger": {"time_before_expiry": "P30D"},
                    },
                ],
            },
        },
        opts=pulumi.ResourceOptions(
            parent=parent, depends_on=[vault], protect=args.protect, retain_on_delete=args.retain
        ),
    )
    return ManagedKey(vault, key)


def _public(networks: tuple[str, ...]) -> list[str]:
    found = [ipaddress.IPv4Network(network) for network in networks]
    return [str(net) for net in found if not any(net.subnet_of(private) for private in _PRIVATE)]
