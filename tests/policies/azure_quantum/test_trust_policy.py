from __future__ import annotations

from policy_packs.controls.azure_quantum.trust_policy import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, ISSUER, PROJECT, az
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)
SUBJECT = "repo:example-org/catalyst:environment:s"
AUDIENCE = "api://AzureADTokenExchange"


def credential(
    subject: object = SUBJECT,
    identity: object = "qlz-catalyst-sandbox-pipeline",
    issuer: object = ISSUER,
    audiences: object = (AUDIENCE,),
    name: str = "credential",
) -> Res:
    given = list(audiences) if isinstance(audiences, tuple) else audiences
    props = {"resourceName": identity, "issuer": issuer, "subject": subject, "audiences": given}
    return az("managedidentity:FederatedIdentityCredential", props, name)


def platform(kind: str, place: str, name: str) -> Res:
    return credential(f"repo:example-org/platform:environment:{place}", f"qlz-sandbox-{kind}", name=name)


CASES.passes("the pipeline", credential())
CASES.passes(
    "plan and apply",
    [platform("plan", "plan", "a"), platform("project-apply", "project-apply", "b")],
    ENVIRONMENT,
)
CASES.fails("any environment", credential("repo:example-org/catalyst:environment:*"), "holds a wildcard")
CASES.fails("a pull request", credential("repo:example-org/catalyst:pull_request"), "it lets in")
CASES.fails("another's repository", credential("repo:mallory/catalyst:environment:s"), "it lets in")
CASES.fails("another case", credential(SUBJECT.upper()), "it lets in")
CASES.fails("another issuer", credential(issuer="https://evil.example"), "it trusts https://evil.example")
CASES.fails("its own issuer's end", credential(issuer=f"{ISSUER}/x"), "it trusts")
CASES.fails("the pipeline as the service", credential(identity="qlz-catalyst-sandbox-service"), "it trusts")
CASES.fails("the storage's identity", credential(identity="qlz-catalyst-sandbox-storage"), "it trusts")
CASES.fails("another audience", credential(audiences=("api://x",)), "its audience is not")
CASES.fails("two audiences", credential(audiences=(AUDIENCE, "api://x")), "its audience is not")
CASES.fails("plan comes in as apply", platform("project-apply", "plan", "a"), "it lets in", ENVIRONMENT)
CASES.fails(
    "one workload twice",
    [platform("plan", "plan", "a"), platform("project-apply", "plan", "b")],
    "comes in as qlz-sandbox-plan too",
    ENVIRONMENT,
)
CASES.unknown("subject", credential(UNKNOWN), "subject is unknown")
CASES.unknown("audiences", credential(audiences=UNKNOWN), "audiences is unknown")


def test_case(case: Case) -> None:
    case.check()
