"""The project's secret, such as a token of a data source: under its key, for its roles alone (K1).

No value is in the program, its configuration or its state: a researcher sets it, the pipeline and hybrid jobs
read it, and nobody does both. Rotation is the owner's, who knows whose token it is: setting the next value is
one call, and the trail shows when it was last done. A decommissioned project's secret is deleted at once;
otherwise a deletion waits 30 days, for which its name stays taken.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.braket.names import ProjectNames
from components.braket.operators import PROJECT_APPLY
from components.braket.policy import EVERYONE, Kind, Statement, policy

WRITE = ("secretsmanager:PutSecretValue",)
READ = ("secretsmanager:GetSecretValue",)


def secrets_store(
    names: ProjectNames,
    key_arn: pulumi.Output[str],
    active: bool,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> pulumi.Resource:
    """Makes the secret, without a value, and its policy; returns the policy."""
    secret = aws.secretsmanager.Secret(
        "project",
        name=names.secret,
        description=f"Secrets of {names.project}",
        kms_key_id=key_arn,
        recovery_window_in_days=30 if active else 0,
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent, protect=active),
    )
    return aws.secretsmanager.SecretPolicy(
        "project",
        secret_arn=secret.arn,
        policy=secret_policy(names),
        block_public_policy=True,
        opts=pulumi.ResourceOptions(parent=secret),
    )


def writers(names: ProjectNames) -> tuple[str, ...]:
    """ARNs of the roles that set it."""
    return (names.role_arn("researcher"),)


def readers(names: ProjectNames) -> tuple[str, ...]:
    """ARNs of the roles that read it."""
    return names.role_arn("pipeline"), names.job_role_arn


def secret_policy(names: ProjectNames) -> str:
    """Denies reading to all but its readers and setting to all but its writers, whatever IAM says.

    UpdateSecret sets values, too, and no condition tells whether it does. It is left to who makes the secret,
    and who may not use the key that a value needs (NO_DATA).
    """
    return policy(
        Kind.SECRET,
        (
            _only("Readers", (*READ, "secretsmanager:BatchGetSecretValue"), readers(names)),
            _only("Writers", (*WRITE, "secretsmanager:UpdateSecretVersionStage"), writers(names)),
            _only("Maker", ("secretsmanager:UpdateSecret",), (names.environment.role_arn(PROJECT_APPLY),)),
        ),
    )


def _only(sid: str, actions: tuple[str, ...], role_arns: tuple[str, ...]) -> Statement:
    return Statement(
        f"{sid}Only",
        "Deny",
        principals=EVERYONE,
        actions=actions,
        resources=("*",),
        conditions={"ArnNotEquals": {"aws:PrincipalArn": role_arns}},
    )
