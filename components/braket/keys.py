"""Customer-managed keys whose administrators cannot use them (K2, K3, K7).

A key's policy has three parts:

- administration, by principals of the account that its IAM allows it. Named ``administrators`` narrow that to
  themselves; without any, whoever may administer keys in the account can, so that it is never locked out (KMS
  refuses a policy its creator could not change again). Roles of projects never can: their boundary denies it.
- use by services, each under a condition on the source;
- use by roles, named in a condition rather than as principals: KMS refuses principals that do not exist, and
  a role deleted and made again would leave a dead id behind. IAM must allow the use as well.

Nobody is given kms:CreateGrant: who holds it can give use to himself. Where a notebook is asked for, the
pipeline that makes it may have SageMaker make one for the notebook's volume, and no other. kms:PutKeyPolicy
is administration, and the trail records it.

A key of own material is made without it, so that nothing can be written under it, and a person imports the
material (docs/own-key-material.md): it passes through no program and no state. Administrators may take it
away and cannot import it, for whoever knows it can decrypt. AWS rotates it only when it is told to (K3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pulumi
import pulumi_aws as aws

from components.args import ArgumentError, check_match, check_range
from components.braket.names import EnvironmentNames
from components.braket.policy import OF_THIS_RESOURCE, Conditions, Kind, Statement, policy

ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DeleteImportedKeyMaterial",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""Everything but use (Encrypt, Decrypt, ReEncrypt, GenerateDataKey) and CreateGrant."""

IMPORT = ("kms:GetParametersForImport", "kms:ImportKeyMaterial")
"""What importing own material needs."""
LOOK = ("kms:DescribeKey", "kms:ListKeyRotations")
"""What tells whether it worked."""
WRAPPING = ("RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_256")
"""How material may be wrapped on its way: not by the older algorithms that KMS takes as well."""

ENVELOPE = ("kms:Decrypt", "kms:GenerateDataKey")
"""What reading and writing through a service needs."""


@dataclass(frozen=True, slots=True)
class OwnMaterial:
    """Material that people import. imported: the day of the last import; None while it is awaited.

    rotate_by: the day by which the next is imported.
    """

    imported: date | None = None
    rotate_by: date | None = None

    def __post_init__(self) -> None:
        if (self.imported is None) != (self.rotate_by is None):
            raise ArgumentError("OwnMaterial", "says one day of two", "imported and rotate_by, or neither")
        if self.imported is not None and self.rotate_by is not None:
            days = (self.rotate_by - self.imported).days
            check_range("OwnMaterial.rotate_by", days, 1, 366, "days after imported (K3)")


@dataclass(frozen=True, slots=True)
class KeyArgs:
    """A key, its alias and who may use it.

    alias: with ``alias/``. use: statements that admit users. administrators: ARNs of roles, or none.
    rotators: ARNs of roles that may rotate it, and import own material, when their own policies say so.
    own: its material is imported; None: AWS makes it. rotation_days: 90 to 2560 (KMS), a year when None;
    KMS refuses it for own material. deletion_days: waiting time before a deletion, 7 to 30 (KMS).
    retain: leave key and alias in the cloud when the stack is destroyed.
    """

    names: EnvironmentNames
    alias: str
    description: str
    tags: Mapping[str, str]
    use: tuple[Statement, ...]
    administrators: tuple[str, ...] = ()
    rotators: tuple[str, ...] = ()
    protect: bool = True
    retain: bool = False
    rotation_days: int | None = None
    deletion_days: int = 30
    own: OwnMaterial | None = None

    def __post_init__(self) -> None:
        check_match(
            "KeyArgs.alias", self.alias, r"alias/(?!aws/)[A-Za-z0-9/_-]{1,250}", "alias/NAME, not aws/"
        )
        if self.rotation_days is not None:
            check_range("KeyArgs.rotation_days", self.rotation_days, 90, 2560, "days")
            if self.own is not None:
                raise ArgumentError(
                    "KeyArgs.rotation_days",
                    "is said of own material, which KMS does not rotate by itself",
                    "OwnMaterial.rotate_by, by which the next is imported (K3)",
                )
        check_range("KeyArgs.deletion_days", self.deletion_days, 7, 30, "days")
        check_administrators("KeyArgs.administrators", self.administrators)
        check_administrators("KeyArgs.rotators", self.rotators)
        for statement in self.use:
            if set(statement.actions) & {*ADMINISTRATION, *IMPORT} - {"kms:DescribeKey"}:
                raise ArgumentError(
                    "KeyArgs.use", f"{statement.sid} lets a user administer the key", "use alone (K7)"
                )


def check_administrators(argument: str, arns: tuple[str, ...]) -> None:
    """Refuses administrators that are not written out."""
    for arn in arns:
        check_match(
            argument, arn, r"arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9/+=,.@_-]+", "ARNs of roles, no wildcards"
        )


@dataclass(frozen=True, slots=True)
class ManagedKey:
    """The key and its alias."""

    key: aws.kms.Key | aws.kms.ExternalKey
    alias: aws.kms.Alias = field(repr=False)


def managed_key(
    name: str, args: KeyArgs, parent: pulumi.Resource, after: tuple[pulumi.Resource, ...]
) -> ManagedKey:
    """Makes the key and its alias; ``after`` is what its policy names and must therefore exist."""
    opts = pulumi.ResourceOptions(
        parent=parent, depends_on=list(after), protect=args.protect, retain_on_delete=args.retain
    )
    key: aws.kms.Key | aws.kms.ExternalKey
    if args.own is None:
        key = aws.kms.Key(
            name,
            description=args.description,
            policy=key_policy(args),
            key_usage="ENCRYPT_DECRYPT",
            customer_master_key_spec="SYMMETRIC_DEFAULT",
            enable_key_rotation=True,
            rotation_period_in_days=args.rotation_days or 365,
            deletion_window_in_days=args.deletion_days,
            tags=args.tags,
            opts=opts,
        )
    else:
        key = aws.kms.ExternalKey(
            name,
            description=args.description,
            policy=key_policy(args),
            key_usage="ENCRYPT_DECRYPT",
            key_spec="SYMMETRIC_DEFAULT",
            # KMS enables no key without material; said of one that has it, a wrong record shuts it.
            enabled=args.own.imported is not None,
            deletion_window_in_days=args.deletion_days,
            tags=args.tags,
            opts=opts,
        )
    alias = aws.kms.Alias(
        name,
        name=args.alias,
        target_key_id=key.key_id if isinstance(key, aws.kms.Key) else key.id,
        opts=pulumi.ResourceOptions(parent=parent, retain_on_delete=args.retain),
    )
    return ManagedKey(key, alias)


def key_policy(args: KeyArgs) -> str:
    """The key's policy."""
    return policy(
        Kind.KEY,
        (
            Statement(
                sid="AdministerNotUse",
                effect="Allow",
                principals={"AWS": (args.names.root_arn,)},
                actions=ADMINISTRATION,
                resources=("*",),
                conditions={"ArnEquals": {"aws:PrincipalArn": args.administrators}}
                if args.administrators
                else {},
                because=OF_THIS_RESOURCE,
            ),
            *(_rotated_by(args) if args.rotators else ()),
            *args.use,
        ),
    )


def _rotated_by(args: KeyArgs) -> tuple[Statement, ...]:
    rotators: Conditions = {"ArnEquals": {"aws:PrincipalArn": args.rotators}}
    found = [_by_the_account(args, "Rotate", ("kms:RotateKeyOnDemand",), rotators)]
    if args.own is not None:
        wrapped: Conditions = {
            "StringEquals": {"kms:WrappingAlgorithm": WRAPPING, "kms:WrappingKeySpec": "RSA_4096"}
        }
        stays: Conditions = {"StringEquals": {"kms:ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}}
        found += [
            _by_the_account(args, "AskHowToImport", IMPORT[:1], {**rotators, **wrapped}),
            _by_the_account(args, "ImportMaterial", IMPORT[1:], {**rotators, **stays}),
            _by_the_account(args, "LookAtMaterial", LOOK, rotators),
        ]
    return tuple(found)


def _by_the_account(args: KeyArgs, sid: str, actions: tuple[str, ...], conditions: Conditions) -> Statement:
    return Statement(
        sid=sid,
        effect="Allow",
        principals={"AWS": (args.names.root_arn,)},
        actions=actions,
        resources=("*",),
        conditions=conditions,
        because=OF_THIS_RESOURCE,
    )


def used_by_roles(names: EnvironmentNames, role_arns: tuple[str, ...]) -> Statement:
    """Lets these roles read and write through S3, if IAM allows them too."""
    return _used_through("s3", "RolesThroughS3", names, role_arns)


def used_for_secrets(names: EnvironmentNames, role_arns: tuple[str, ...]) -> Statement:
    """Lets these roles read and set secrets, if IAM allows them too."""
    return _used_through("secretsmanager", "RolesThroughSecretsManager", names, role_arns)


def _used_through(service: str, sid: str, names: EnvironmentNames, role_arns: tuple[str, ...]) -> Statement:
    return Statement(
        sid=sid,
        effect="Allow",
        principals={"AWS": (names.root_arn,)},
        actions=ENVELOPE,
        resources=("*",),
        conditions={
            "ArnEquals": {"aws:PrincipalArn": role_arns},
            "StringEquals": {"kms:ViaService": f"{service}.{names.region}.amazonaws.com"},
        },
        because=OF_THIS_RESOURCE,
    )


def used_by_notebook(names: EnvironmentNames, granters: tuple[str, ...]) -> Statement:
    """Lets SageMaker encrypt a notebook's volume, by a grant that it asks for in the name of the granters."""
    return Statement(
        sid="VolumeOfTheNotebook",
        effect="Allow",
        principals={"AWS": (names.root_arn,)},
        actions=("kms:CreateGrant",),
        resources=("*",),
        conditions={
            "ArnEquals": {"aws:PrincipalArn": granters},
            "Bool": {"kms:GrantIsForAWSResource": "true"},
            "StringEquals": {"kms:ViaService": f"sagemaker.{names.region}.amazonaws.com"},
        },
        because=OF_THIS_RESOURCE,
    )


def used_by_braket(names: EnvironmentNames) -> Statement:
    """Lets Braket's service-linked role write results. It must exist before the key."""
    return Statement(
        sid="BraketThroughS3",
        effect="Allow",
        principals={"AWS": (names.service_role_arn,)},
        actions=ENVELOPE,
        resources=("*",),
        conditions={"StringEquals": {"kms:ViaService": f"s3.{names.region}.amazonaws.com"}},
        because=OF_THIS_RESOURCE,
    )


def used_by_logs(names: EnvironmentNames, log_group: str) -> Statement:
    """Lets CloudWatch Logs encrypt this log group and no other."""
    return Statement(
        sid="LogGroup",
        effect="Allow",
        principals={"Service": (f"logs.{names.region}.amazonaws.com",)},
        actions=(
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ),
        resources=("*",),
        conditions={"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": names.log_group_arn(log_group)}},
        because=OF_THIS_RESOURCE,
    )


def used_by_trail(names: EnvironmentNames) -> tuple[Statement, Statement]:
    """Lets this trail encrypt what it writes."""
    source = {"aws:SourceArn": names.trail_arn}
    return (
        Statement(
            sid="TrailEncrypts",
            effect="Allow",
            principals={"Service": ("cloudtrail.amazonaws.com",)},
            actions=("kms:GenerateDataKey",),
            resources=("*",),
            conditions={
                "StringEquals": {**source, "kms:EncryptionContext:aws:cloudtrail:arn": names.trail_arn}
            },
            because=OF_THIS_RESOURCE,
        ),
        Statement(
            sid="TrailLooks",
            effect="Allow",
            principals={"Service": ("cloudtrail.amazonaws.com",)},
            actions=("kms:DescribeKey",),
            resources=("*",),
            conditions={"StringEquals": source},
            because=OF_THIS_RESOURCE,
        ),
    )


def used_by_publishers(names: EnvironmentNames, services: tuple[str, ...]) -> Statement:
    """Lets services of this account publish to an encrypted topic."""
    return Statement(
        sid="Publishers",
        effect="Allow",
        principals={"Service": services},
        actions=ENVELOPE,
        resources=("*",),
        conditions={"StringEquals": {"aws:SourceAccount": names.account}},
        because=OF_THIS_RESOURCE,
    )
