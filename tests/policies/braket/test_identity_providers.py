from __future__ import annotations

from policy_packs.controls.braket.identity_providers import CONTROL
from tests.policies.support import ENVIRONMENT, GITHUB, PROJECT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, ENVIRONMENT)


def oidc(url: str = f"https://{GITHUB}", audiences: object = ("sts.amazonaws.com",)) -> Res:
    found = list(audiences) if isinstance(audiences, tuple) else audiences
    return Res("aws:iam/openIdConnectProvider:OpenIdConnectProvider", {"url": url, "clientIdLists": found})


def saml(name: str, metadata: str = "<EntityDescriptor/>\n") -> Res:
    return Res("aws:iam/samlProvider:SamlProvider", {"name": name, "samlMetadataDocument": metadata})


def mail(endpoint: str, protocol: str = "email") -> Res:
    return Res("aws:sns/topicSubscription:TopicSubscription", {"protocol": protocol, "endpoint": endpoint})


CASES.passes("declared issuer", oidc())
CASES.passes("declared people", saml("corporate"))
CASES.passes("declared address", mail("oncall@example.org"))
CASES.fails("another issuer", oidc("https://evil.example"), "its issuer is not in the stack file")
CASES.fails("another audience", oidc(audiences=("sts.amazonaws.com", "evil")), "its audiences are not")
CASES.fails("no audience", oidc(audiences=()), "its audiences are not")
CASES.fails("another SAML provider", saml("mallory"), "not the SAML provider")
CASES.fails("other metadata under its name", saml("corporate", "<Evil/>"), "its metadata is not")
CASES.unknown("metadata unknown", saml("corporate", UNKNOWN), "samlMetadataDocument is unknown")
CASES.fails("another address", mail("mallory@example.org"), "its address is not among")
CASES.fails("a web hook", mail("https://evil.example", "https"), "elsewhere than by mail")
CASES.fails("a project's provider", saml("corporate"), "made by a project", declared=PROJECT)
CASES.unknown("issuer unknown", oidc(UNKNOWN), "url is unknown")
CASES.unknown("audiences unknown", oidc(audiences=UNKNOWN), "clientIdLists is unknown")
CASES.unknown("address unknown", mail(UNKNOWN), "endpoint is unknown")


def test_case(case: Case) -> None:
    case.check()
