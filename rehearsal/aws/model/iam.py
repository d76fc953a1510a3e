"""aws.iam: limits from https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html."""

from __future__ import annotations

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import (
    NAMES_ARE_DETERMINISTIC,
    TAGS,
    TAGS_ALL,
    computed_arn,
    no_prefix,
    refused,
)
from rehearsal.aws.model.documents import Attached, policy
from rehearsal.provider.model.schema import ASSIGNED, Carried, Kind, Prop, TypeModel, always


def name_of(longest: int) -> Prop:
    return Prop(
        "name",
        required=True,
        note=NAMES_ARE_DETERMINISTIC,
        replaces=True,
        rule=rules.matches(r"[\w+=,.@-]+", "must be letters, digits and + = , . @ _ -", longest),
    )


PATH = Prop(
    "path",
    default="/",
    replaces=True,
    rule=rules.matches(r"/|/[!-.0-~]+(/[!-.0-~]+)*/", "must begin and end with /", 512),
)
DESCRIPTION = Prop("description", rule=rules.longest(1000))

ROLE = TypeModel(
    "aws:iam/role:Role",
    inputs=(
        Prop(
            "assumeRolePolicy",
            Kind.JSON,
            required=True,
            rule=policy(2048, Attached.TRUST, ignore_space=True),
        ),
        DESCRIPTION,
        Prop("forceDetachPolicies", Kind.FLAG, default=False),
        refused("inlinePolicies", Kind.OBJECTS, "use aws.iam.RolePolicy", always([])),
        refused("managedPolicyArns", Kind.TEXTS, "use aws.iam.RolePolicyAttachment", always([])),
        Prop(
            "maxSessionDuration",
            Kind.NUMBER,
            default=3600,
            rule=rules.between(3600, 43200, "seconds"),
        ),
        name_of(64),
        no_prefix("namePrefix", "name"),
        PATH,
        Prop("permissionsBoundary", rule=rules.arn("iam")),
        TAGS,
    ),
    outputs={
        "arn": computed_arn("iam", "path", "name", form="role{path}{name}", regional=False),
        "createDate": ASSIGNED,
        "tagsAll": TAGS_ALL,
        "uniqueId": ASSIGNED,
    },
    identity=("name",),
    notes=("Principals of the own account in a trust policy must exist, and so must the boundary.",),
)

POLICY = TypeModel(
    "aws:iam/policy:Policy",
    inputs=(
        Prop(
            "delayAfterPolicyCreationInMs",
            Kind.NUMBER,
            carried=Carried.RECORDED,
            note="nothing here has to be waited for",
        ),
        Prop("description", replaces=True, rule=rules.longest(1000)),
        name_of(128),
        no_prefix("namePrefix", "name"),
        PATH,
        Prop("policy", Kind.JSON, required=True, rule=policy(6144, Attached.IDENTITY, ignore_space=True)),
        TAGS,
    ),
    outputs={
        "arn": computed_arn("iam", "path", "name", form="policy{path}{name}", regional=False),
        "attachmentCount": ASSIGNED,
        "policyId": ASSIGNED,
        "tagsAll": TAGS_ALL,
    },
    identity=("name",),
    notes=("attachmentCount grows as others attach it, as in AWS: a refresh shows it.",),
)

_ROLE_NAME = Prop("role", required=True, replaces=True, rule=rules.longest(64))

ROLE_POLICY = TypeModel(
    "aws:iam/rolePolicy:RolePolicy",
    inputs=(
        name_of(128),
        no_prefix("namePrefix", "name"),
        Prop("policy", Kind.JSON, required=True, rule=policy(10240, Attached.IDENTITY, ignore_space=True)),
        _ROLE_NAME,
    ),
    outputs={},
    identity=("role", "name"),
    notes=("All inline policies of a role together have at most 10,240 characters, as in AWS.",),
)

ROLE_POLICY_ATTACHMENT = TypeModel(
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    inputs=(Prop("policyArn", required=True, replaces=True, rule=rules.arn("iam")), _ROLE_NAME),
    outputs={},
    identity=("role", "policyArn"),
    notes=("AWS's own managed policies are there in the form moto ships.",),
)
