"""aws.iam: identity providers and the roles AWS's services bring along."""

from __future__ import annotations

import uuid

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import NAMES_ARE_DETERMINISTIC, TAGS, TAGS_ALL, computed_arn
from rehearsal.aws.model.facts import Facts
from rehearsal.provider.model.schema import (
    ASSIGNED,
    Carried,
    Kind,
    Out,
    Prop,
    TypeModel,
    Value,
    Values,
    always,
)


def _thumbprints(value: list[str]) -> str | None:
    if len(value) > 5:
        return f"must be at most 5, are {len(value)}"
    hexadecimal = rules.matches(r"[0-9a-fA-F]{40}", "must be 40 hexadecimal digits each")
    return next((said for item in value if isinstance(item, str) and (said := hexadecimal(item))), None)


def _audiences(value: list[str]) -> str | None:
    if not 1 <= len(value) <= 100:
        return f"must be 1 to 100, are {len(value)}"
    return next((f"{item!r} is empty or too long" for item in value if not 1 <= len(item) <= 255), None)


def _oidc_arn(facts: Facts, inputs: Values) -> Value:
    host = str(inputs["url"]).removeprefix("https://").rstrip("/")
    return facts.arn("iam", f"oidc-provider/{host}", regional=False)


OIDC_PROVIDER = TypeModel(
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    inputs=(
        Prop("clientIdLists", Kind.TEXTS, required=True, unordered=True, rule=_audiences),
        TAGS,
        Prop("thumbprintLists", Kind.TEXTS, rule=_thumbprints, otherwise=always([])),
        Prop(
            "url",
            required=True,
            replaces=True,
            rule=rules.matches(r"https://[^\s?#]+", "must be an https URL without query", 255),
        ),
    ),
    outputs={"arn": Out(_oidc_arn, needs=("url",)), "tagsAll": TAGS_ALL},
    identity=("url",),
    notes=(
        "AWS fetches the certificate's thumbprint when none is given; the stand-in leaves the list empty.",
        "A change of the audiences makes the provider anew in the local cloud; its ARN stays.",
    ),
)


def _metadata(value: str) -> str | None:
    if not 1000 <= len(value) <= 10_000_000:
        return f"must have 1000 to 10000000 characters, has {len(value)}"
    return None if "EntityDescriptor" in value else "must be SAML metadata: XML with an EntityDescriptor"


def _saml_uuid(facts: Facts, inputs: Values) -> Value:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"saml:{facts.account}:{inputs['name']}")).upper()


SAML_PROVIDER = TypeModel(
    "aws:iam/samlProvider:SamlProvider",
    inputs=(
        Prop(
            "name",
            required=True,
            note=NAMES_ARE_DETERMINISTIC,
            replaces=True,
            rule=rules.matches(r"[\w._-]+", "must be letters, digits and . _ -", 128),
        ),
        Prop("samlMetadataDocument", required=True, rule=_metadata),
        Prop(
            "tags",
            Kind.TEXT_MAP,
            carried=Carried.RECORDED,
            note="moto has no tags on SAML providers",
            rule=rules.tags,
        ),
    ),
    outputs={
        "arn": computed_arn("iam", "name", form="saml-provider/{name}", regional=False),
        "samlProviderUuid": Out(_saml_uuid, needs=("name",)),
        "tagsAll": TAGS_ALL,
        "validUntil": ASSIGNED,
    },
    identity=("name",),
    notes=("samlProviderUuid is made up from account and name: moto gives none.",),
)

SERVICE_LINKED_ROLES = {
    "braket.amazonaws.com": "AWSServiceRoleForAmazonBraket",
    "access-analyzer.amazonaws.com": "AWSServiceRoleForAccessAnalyzer",
}
"""Names AWS gives to these roles; none takes a suffix.

Braket's as in its managed policy AmazonBraketFullAccess, Access Analyzer's as in the IAM User Guide
(2026-11).
"""


def _role_arn(facts: Facts, inputs: Values) -> Value:
    return facts.arn("iam", f"role{_role_path(facts, inputs)}{_role_name(facts, inputs)}", regional=False)


def _role_name(_facts: Facts, inputs: Values) -> Value:
    return SERVICE_LINKED_ROLES[inputs["awsServiceName"]]


def _role_path(_facts: Facts, inputs: Values) -> Value:
    return f"/aws-service-role/{inputs['awsServiceName']}/"


SERVICE_LINKED_ROLE = TypeModel(
    "aws:iam/serviceLinkedRole:ServiceLinkedRole",
    inputs=(
        Prop("awsServiceName", required=True, replaces=True, rule=rules.one_of(*SERVICE_LINKED_ROLES)),
        Prop("customSuffix", replaces=True, carried=Carried.REFUSED, note="these services take no suffix"),
        Prop("description", rule=rules.longest(1000)),
        TAGS,
    ),
    outputs={
        "arn": Out(_role_arn, needs=("awsServiceName",)),
        "createDate": ASSIGNED,
        "name": Out(_role_name, needs=("awsServiceName",)),
        "path": Out(_role_path, needs=("awsServiceName",)),
        "tagsAll": TAGS_ALL,
        "uniqueId": ASSIGNED,
    },
    identity=("awsServiceName",),
    notes=("Its name and path are those AWS uses; the permissions behind it are AWS's and are not played.",),
)
