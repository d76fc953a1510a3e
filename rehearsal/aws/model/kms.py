"""aws.kms: https://docs.aws.amazon.com/kms/latest/APIReference/ and the provider's pages for Key and
Alias.
"""

from __future__ import annotations

import json

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import (
    NAMES_ARE_DETERMINISTIC,
    REGION_PROP,
    TAGS,
    TAGS_ALL,
    computed_arn,
    no_prefix,
)
from rehearsal.aws.model.documents import Attached, policy
from rehearsal.aws.model.facts import Facts
from rehearsal.provider.model.schema import (
    ASSIGNED,
    Carried,
    Failure,
    Kind,
    Out,
    Prop,
    TypeModel,
    Value,
    Values,
    always,
)

SPECS = (
    "SYMMETRIC_DEFAULT",
    *("RSA_2048", "RSA_3072", "RSA_4096"),
    *("HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512"),
    *("ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1"),
)


def default_policy(facts: Facts, _inputs: Values) -> Value:
    """What AWS gives a key without a policy (kms/latest/developerguide/key-policy-default.html)."""
    root = f"arn:{facts.partition}:iam::{facts.account}:root"
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": root},
        "Action": "kms:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]})


def _rotation_period(_facts: Facts, inputs: Values) -> Value:
    return 365 if inputs.get("enableKeyRotation") else None


def _rotation(inputs: Values) -> list[Failure]:
    failures = []
    if "rotationPeriodInDays" in inputs and inputs.get("enableKeyRotation") is False:
        failures.append(Failure("rotationPeriodInDays", "needs enableKeyRotation"))
    if inputs.get("enableKeyRotation") is True and inputs.get("customerMasterKeySpec") != "SYMMETRIC_DEFAULT":
        failures.append(Failure("enableKeyRotation", "is for customerMasterKeySpec SYMMETRIC_DEFAULT only"))
    return failures


KEY = TypeModel(
    "aws:kms/key:Key",
    inputs=(
        Prop(
            "bypassPolicyLockoutSafetyCheck",
            Kind.FLAG,
            default=False,
            carried=Carried.RECORDED,
            note="the lockout check itself is not played",
        ),
        Prop(
            "customKeyStoreId",
            replaces=True,
            carried=Carried.REFUSED,
            note="custom key stores are not played",
        ),
        Prop("customerMasterKeySpec", default="SYMMETRIC_DEFAULT", replaces=True, rule=rules.one_of(*SPECS)),
        Prop("deletionWindowInDays", Kind.NUMBER, rule=rules.between(7, 30, "days")),
        Prop("description", rule=rules.longest(8192), otherwise=always("")),
        Prop("enableKeyRotation", Kind.FLAG, default=False),
        Prop("isEnabled", Kind.FLAG, default=True),
        Prop(
            "keyUsage",
            default="ENCRYPT_DECRYPT",
            replaces=True,
            rule=rules.one_of("ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC"),
        ),
        Prop("multiRegion", Kind.FLAG, replaces=True, otherwise=always(False)),
        Prop(
            "policy",
            Kind.JSON,
            rule=policy(32768, Attached.RESOURCE),
            otherwise=Out(default_policy),
        ),
        REGION_PROP,
        Prop(
            "rotationPeriodInDays",
            Kind.NUMBER,
            carried=Carried.RECORDED,
            note="moto takes it and does not return it",
            rule=rules.between(90, 2560, "days"),
            otherwise=Out(_rotation_period, needs=("enableKeyRotation",)),
        ),
        TAGS,
        Prop("xksKeyId", replaces=True, carried=Carried.REFUSED, note="external key stores are not played"),
    ),
    outputs={"arn": ASSIGNED, "keyId": ASSIGNED, "tagsAll": TAGS_ALL},
    rules=(_rotation,),
    notes=(
        "Principals of the own account in a key policy must exist, as in AWS; others are not checked.",
        "A deleted key waits out its window, as in AWS.",
    ),
)

ALIAS = TypeModel(
    "aws:kms/alias:Alias",
    inputs=(
        Prop(
            "name",
            required=True,
            note=NAMES_ARE_DETERMINISTIC,
            replaces=True,
            rule=rules.all_of(
                rules.matches(r"alias/[a-zA-Z0-9/_-]+", "must be alias/ and letters, digits, / _ -", 256),
                rules.matches(r"(?!alias/aws/).*", "may not begin with alias/aws/, which is AWS's own"),
            ),
        ),
        no_prefix("namePrefix", "name"),
        REGION_PROP,
        Prop("targetKeyId", required=True),
    ),
    outputs={
        "arn": computed_arn("kms", "name", form="{name}"),
        "targetKeyArn": Out(needs=("targetKeyId",)),
    },
    identity=("name",),
)
