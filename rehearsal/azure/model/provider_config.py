"""The configuration of the provider itself (azure_native.Provider)."""

from __future__ import annotations

from rehearsal.provider.model import rules
from rehearsal.provider.model.schema import UNKNOWN, Carried, Kind, Prop, TypeModel, Values

_ONE_IDENTITY = "the stand-in plays one identity in one subscription, whatever is configured"
_OWN_ENDPOINT = "every call goes to the local Azure, over the loopback"
_GUID = rules.matches(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "must be a GUID")


def _recorded(name: str, note: str, kind: Kind = Kind.TEXT) -> Prop:
    return Prop(name, kind, carried=Carried.RECORDED, note=note)


PROVIDER = TypeModel(
    "pulumi:providers:azure-native",
    inputs=(
        _recorded("auxiliaryTenantIds", _ONE_IDENTITY, Kind.TEXTS),
        _recorded("clientCertificatePassword", _ONE_IDENTITY),
        _recorded("clientCertificatePath", _ONE_IDENTITY),
        _recorded("clientId", _ONE_IDENTITY),
        _recorded("clientSecret", _ONE_IDENTITY),
        _recorded("disableInstanceDiscovery", _OWN_ENDPOINT, Kind.FLAG),
        _recorded("disablePulumiPartnerId", _OWN_ENDPOINT, Kind.FLAG),
        Prop("environment", rule=rules.one_of("public"), replaces=True),
        Prop("location"),
        _recorded("metadataHost", _OWN_ENDPOINT),
        _recorded("msiEndpoint", _ONE_IDENTITY),
        _recorded("oidcRequestToken", _ONE_IDENTITY),
        _recorded("oidcRequestUrl", _ONE_IDENTITY),
        _recorded("oidcToken", _ONE_IDENTITY),
        _recorded("oidcTokenFilePath", _ONE_IDENTITY),
        _recorded("partnerId", _OWN_ENDPOINT),
        Prop("subscriptionId", required=True, replaces=True, rule=_GUID),
        Prop("tenantId", replaces=True, rule=_GUID),
        _recorded("useDefaultAzureCredential", _ONE_IDENTITY, Kind.FLAG),
        _recorded("useMsi", _ONE_IDENTITY, Kind.FLAG),
        _recorded("useOidc", _ONE_IDENTITY, Kind.FLAG),
    ),
    outputs={},
)


def identity_refusal(config: Values, subscription: str, tenant: str) -> str | None:
    """Return why the played identity has no access with this configuration, in the words of Resource
    Manager.
    """
    asked = config.get("subscriptionId")
    if asked is not UNKNOWN and str(asked).lower() != subscription.lower():
        return (
            f"SubscriptionNotFound: The subscription '{asked}' could not be found: "
            f"the credentials in use are for {subscription}"
        )
    wanted = config.get("tenantId")
    if wanted not in (None, UNKNOWN) and str(wanted).lower() != tenant.lower():
        return (
            f"InvalidAuthenticationTokenTenant: The access token is from the wrong issuer: it is of tenant "
            f"{tenant}, and {wanted} is asked for"
        )
    return None
