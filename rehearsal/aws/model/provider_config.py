"""The configuration of the provider itself (aws.Provider)."""

from __future__ import annotations

from rehearsal.aws.model import rules
from rehearsal.provider.model.schema import UNKNOWN, Carried, Failure, Kind, Prop, TypeModel, Value, Values

_ONE_ACCOUNT = "the stand-in plays the credentials of one account, whatever is configured"
_OWN_ENDPOINT = "every call goes to the local cloud, over the loopback"
_OWN_RETRIES = "the local cloud has neither limits nor outages"


def _recorded(name: str, note: str, kind: Kind = Kind.TEXT, default: Value = None) -> Prop:
    return Prop(name, kind, carried=Carried.RECORDED, note=note, default=default)


def _account_ids(value: list[str]) -> str | None:
    return next((f"{said}" for item in value if (said := rules.ACCOUNT_ID(item))), None)


PROVIDER = TypeModel(
    "pulumi:providers:aws",
    inputs=(
        _recorded("accessKey", _ONE_ACCOUNT),
        Prop("allowedAccountIds", Kind.TEXTS, rule=_account_ids, unordered=True),
        _recorded("assumeRoleWithWebIdentity", _ONE_ACCOUNT, Kind.OBJECT),
        _recorded("assumeRoles", _ONE_ACCOUNT, Kind.OBJECTS),
        _recorded("customCaBundle", _OWN_ENDPOINT),
        Prop("defaultTags", Kind.OBJECT, fields=(Prop("tags", Kind.TEXT_MAP, rule=rules.tags),)),
        _recorded("ec2MetadataServiceEndpoint", _OWN_ENDPOINT),
        _recorded("ec2MetadataServiceEndpointMode", _OWN_ENDPOINT),
        _recorded("endpoints", _OWN_ENDPOINT, Kind.OBJECTS),
        Prop("forbiddenAccountIds", Kind.TEXTS, rule=_account_ids, unordered=True),
        _recorded("httpProxy", _OWN_ENDPOINT),
        _recorded("httpsProxy", _OWN_ENDPOINT),
        Prop("ignoreTags", Kind.OBJECT, carried=Carried.REFUSED, note="nobody else tags what lives here"),
        _recorded("insecure", _OWN_ENDPOINT, Kind.FLAG),
        _recorded("maxRetries", _OWN_RETRIES, Kind.NUMBER),
        _recorded("noProxy", _OWN_ENDPOINT),
        _recorded("profile", _ONE_ACCOUNT),
        Prop("region", required=True, replaces=True, rule=rules.REGION, note="such as eu-west-2"),
        _recorded("retryMode", _OWN_RETRIES),
        _recorded("s3UsEast1RegionalEndpoint", _OWN_ENDPOINT),
        _recorded("s3UsePathStyle", _OWN_ENDPOINT, Kind.FLAG),
        _recorded("secretKey", _ONE_ACCOUNT),
        _recorded("sharedConfigFiles", _ONE_ACCOUNT, Kind.TEXTS),
        _recorded("sharedCredentialsFiles", _ONE_ACCOUNT, Kind.TEXTS),
        _recorded("skipCredentialsValidation", _ONE_ACCOUNT, Kind.FLAG, False),
        _recorded("skipMetadataApiCheck", _ONE_ACCOUNT, Kind.FLAG),
        _recorded("skipRegionValidation", "any well-formed region is played", Kind.FLAG, True),
        _recorded("skipRequestingAccountId", _ONE_ACCOUNT, Kind.FLAG),
        _recorded("stsRegion", _OWN_ENDPOINT),
        _recorded("tagPolicyCompliance", "there is no organization behind the stand-in"),
        _recorded("token", _ONE_ACCOUNT),
        _recorded("tokenBucketRateLimiterCapacity", _OWN_RETRIES, Kind.NUMBER),
        _recorded("useDualstackEndpoint", _OWN_ENDPOINT, Kind.FLAG),
        _recorded("useFipsEndpoint", _OWN_ENDPOINT, Kind.FLAG),
        _recorded("userAgents", _OWN_ENDPOINT, Kind.OBJECTS),
    ),
    outputs={},
)


def account_refusal(config: Values, account: str) -> str | None:
    """Return why this configuration does not admit the account, in the words of the real provider."""
    allowed, forbidden = config.get("allowedAccountIds"), config.get("forbiddenAccountIds")
    refused = (isinstance(forbidden, list) and account in forbidden) or (
        isinstance(allowed, list) and bool(allowed) and UNKNOWN not in allowed and account not in allowed
    )
    return f"AWS account ID not allowed: {account}" if refused else None


def conflicts(config: Values) -> list[Failure]:
    """The real provider takes either of the two lists."""
    if config.get("allowedAccountIds") and config.get("forbiddenAccountIds"):
        return [Failure("allowedAccountIds", "conflicts with forbiddenAccountIds: give one of them")]
    return []
