from __future__ import annotations

from dataclasses import replace
from typing import Any

from policy_packs.controls.braket.trust_policy import CONTROL
from policy_packs.controls.stack_facts import Pipelines
from tests.policies.support import (
    ACCOUNT,
    ENVIRONMENT,
    GITHUB,
    PROJECT,
    UNKNOWN,
    Case,
    Cases,
    Res,
    policy,
    secret,
)

CASES = Cases(CONTROL)
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/corporate"
OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
AUDIENCE = "https://signin.aws.amazon.com/saml"
SUBJECT = "repo:example-org/optimus:environment:sandbox"


def role(*statements: dict[str, Any], **props: object) -> Res:
    return Res("aws:iam/role:Role", {"assumeRolePolicy": policy(*statements), **props})


def trust(
    principal: object, action: object, condition: object | None = None, **more: object
) -> dict[str, Any]:
    found = {"Effect": "Allow", "Principal": principal, "Action": action, **more}
    return found | ({"Condition": condition} if condition is not None else {})


def saml(condition: object | None = None) -> dict[str, Any]:
    condition = {"StringEquals": {"SAML:aud": AUDIENCE}} if condition is None else condition
    return trust({"Federated": SAML}, "sts:AssumeRoleWithSAML", condition)


WITH_IDS = "repo:example-org@987654/optimus@123456789:environment:sandbox"


def oidc(
    subject: object = SUBJECT,
    audience: object = "sts.amazonaws.com",
    operator: str = "StringEquals",
    repository: object = "123456789",
) -> dict[str, Any]:
    condition: dict[str, dict[str, object]] = {
        "StringEquals": {f"{GITHUB}:aud": audience, f"{GITHUB}:repository_id": repository}
    }
    condition.setdefault(operator, {})[f"{GITHUB}:sub"] = subject
    return trust({"Federated": OIDC}, "sts:AssumeRoleWithWebIdentity", condition)


CASES.passes("people by SAML", role(saml()))
CASES.passes("the pipeline", role(oidc()))
CASES.passes("the pipeline with ids", role(oidc(WITH_IDS)))
CASES.passes("both forms of one subject", role(oidc([SUBJECT, WITH_IDS])))
CASES.passes("a pattern without wildcard", role(oidc(operator="StringLike")))
BRAKET = {"Service": "braket.amazonaws.com"}
CASES.passes(
    "a service for this account",
    role(trust(BRAKET, "sts:AssumeRole", {"StringEquals": {"aws:SourceAccount": ACCOUNT}})),
)
CASES.passes(
    "a service for what is of this account",
    role(
        trust(
            BRAKET, "sts:AssumeRole", {"ArnLike": {"aws:SourceArn": f"arn:aws:braket:eu-west-2:{ACCOUNT}:*"}}
        )
    ),
)
CASES.passes(
    "S3, which does not say for whom", role(trust({"Service": "s3.amazonaws.com"}, "sts:AssumeRole"))
)
for name, condition in {
    "a service for anybody": None,
    "a service for another account": {"StringEquals": {"aws:SourceAccount": "999999999999"}},
    "a service for whom it may not say": {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}},
    "a service for all but one": {"StringNotEquals": {"aws:SourceAccount": "999999999999"}},
    "a service for what may be of anybody": {"ArnLike": {"aws:SourceArn": "arn:aws:braket:eu-west-2:*:*"}},
}.items():
    CASES.fails(name, role(trust(BRAKET, "sts:AssumeRole", condition)), "on behalf of any account")
CASES.passes(
    "one statement, not in a list", Res("aws:iam/role:Role", {"assumeRolePolicy": {"Statement": saml()}})
)
CASES.passes(
    "a secret policy that is right", Res("aws:iam/role:Role", {"assumeRolePolicy": secret(policy(saml()))})
)
CASES.passes(
    "service-linked",
    Res("aws:iam/serviceLinkedRole:ServiceLinkedRole", {"awsServiceName": "braket.amazonaws.com"}),
)
for name, principal in {
    "everybody": "*",
    "everybody as AWS": {"AWS": "*"},
    "everybody in a list": {"AWS": [f"arn:aws:iam::{ACCOUNT}:role/a", "*"]},
    "everybody as federated": {"Federated": "*"},
    "everybody in an account": {"AWS": f"arn:aws:iam::{ACCOUNT}:*"},
}.items():
    CASES.fails(name, role(trust(principal, "sts:AssumeRole")), "lets everybody in")
CASES.fails(
    "everybody, escaped",
    Res(
        "aws:iam/role:Role",
        {"assumeRolePolicy": policy(trust({"AWS": "X"}, "sts:AssumeRole")).replace("X", "\\u002a")},
    ),
    "lets everybody in",
)
CASES.fails(
    "all but some",
    role({"Effect": "Allow", "NotPrincipal": {"AWS": SAML}, "Action": "sts:AssumeRole"}),
    "lets everybody in",
)
for name, principal in {
    "another account": {"AWS": "arn:aws:iam::999999999999:role/x"},
    "another account by number": {"AWS": "999999999999"},
    "the whole account": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "a role, which others may take": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/admin"},
    "a user": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/mallory"},
    "a public provider": {"Federated": "accounts.google.com"},
    "a provider elsewhere": {"Federated": "arn:aws:iam::999999999999:saml-provider/corporate"},
    "a service not in use": {"Service": "ec2.amazonaws.com"},
}.items():
    CASES.fails(name, role(trust(principal, "sts:AssumeRole")), "which is no SAML or OIDC provider")
CASES.fails("no condition on SAML", role(saml({})), "does not pin SAML:aud")
CASES.passes("people by the stack file's provider", role(saml()), replace(PROJECT, saml="corporate"))
CASES.fails(
    "people by another provider of the account",
    role(saml()),
    "not the identity provider of the stack file",
    replace(PROJECT, saml="partners"),
)
NAMED = {"StringEquals": {"SAML:aud": AUDIENCE}, "StringLike": {"sts:SourceIdentity": "?*"}}
ELEVATED = "qlz-optimus-sandbox-elevated"
CASES.passes("an elevated role entered by name", role(saml(NAMED), name=ELEVATED))
CASES.fails("an elevated role entered by anybody", role(saml(), name=ELEVATED), "without a name")
CASES.fails(
    "SAML for another audience", role(saml({"StringEquals": {"SAML:aud": "x"}})), "does not pin SAML:aud"
)
CASES.fails(
    "SAML if it exists", role(saml({"StringEqualsIfExists": {"SAML:aud": AUDIENCE}})), "does not pin SAML:aud"
)
CASES.fails("any subject", role(oidc("*", operator="StringLike")), "does not pin one exact subject")
CASES.fails(
    "any branch", role(oidc("repo:example-org/optimus:*", operator="StringLike")), "one exact subject"
)
CASES.fails(
    "subject with ?",
    role(oidc("repo:example-org/optimus:environment:s?ndbox", operator="StringLike")),
    "exact",
)
CASES.fails(
    "two subjects", role(oidc([SUBJECT, "repo:example-org/other:environment:sandbox"])), "one exact subject"
)
CASES.fails("another repository", role(oidc("repo:mallory/optimus:environment:sandbox")), "not the pipeline")
CASES.fails("ids of another", role(oidc(WITH_IDS.replace("987654", "1"))), "not the pipeline")
CASES.fails("a name without its id", role(oidc(repository="*")), "does not pin the repository's id")
CASES.fails(
    "session tags",
    role(saml() | {"Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"]}),
    "allows more than",
)
CASES.fails("a pull request", role(oidc("repo:example-org/optimus:pull_request")), "not the pipeline")
CASES.fails(
    "no subject",
    role(trust({"Federated": OIDC}, "sts:AssumeRoleWithWebIdentity")),
    "does not pin the audience",
)
CASES.fails("no audience", role(oidc(audience="*")), "does not pin the audience")
CASES.fails(
    "all values, which holds for none", role(oidc(operator="ForAllValues:StringEquals")), "exact subject"
)
CASES.fails(
    "wide actions",
    role(trust({"Federated": SAML}, "sts:*", {"StringEquals": {"SAML:aud": AUDIENCE}})),
    "more than",
)
CASES.fails("people and pipeline in one", role(saml(), oidc()), "shared between kinds of identity")
CASES.fails(
    "service and people in one",
    role(saml(), trust({"Service": "braket.amazonaws.com"}, "sts:AssumeRole")),
    "shared",
)
CASES.fails(
    "an audience not declared",
    role(oidc(audience="other")),
    "does not pin the audience",
    declared=ENVIRONMENT,
)
CASES.fails(
    "service-linked for another",
    Res("aws:iam/serviceLinkedRole:ServiceLinkedRole", {"awsServiceName": "ec2.amazonaws.com"}),
    "a service that this landing zone does not use",
)
CASES.unknown(
    "policy unknown", Res("aws:iam/role:Role", {"assumeRolePolicy": UNKNOWN}), "assumeRolePolicy is unknown"
)
CASES.unknown("no policy", Res("aws:iam/role:Role", {}), "assumeRolePolicy is missing")
CASES.unknown(
    "not JSON", Res("aws:iam/role:Role", {"assumeRolePolicy": "{"}), "assumeRolePolicy is not valid JSON"
)
CASES.unknown(
    "not a document", Res("aws:iam/role:Role", {"assumeRolePolicy": "[]"}), "not an IAM policy document"
)
CASES.unknown(
    "element in other case", role({"effect": "Allow", "Action": "*", "Principal": "*"}), "element IAM"
)

GLASS = "arn:aws:iam::999900001111:user/break-glass"
ABOVE = replace(
    ENVIRONMENT,
    label="sandbox",
    break_glass=GLASS,
    ci=Pipelines(
        "github", "example-org/platform", "123456789", "987654", {"plan": "plan", "project-apply": "x"}
    ),
)
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
IN_GLASS = {"name": "qlz-sandbox-break-glass", "path": "/qlz/sandbox/"}
IN_PLAN = {"name": "qlz-sandbox-plan", "path": "/qlz/sandbox/"}


def glass(condition: object | None = MFA, who: str = GLASS) -> dict[str, Any]:
    return trust({"AWS": who}, "sts:AssumeRole", condition)


def platform(place: str = "plan", repository: str = "123456789") -> dict[str, Any]:
    return oidc(f"repo:example-org/platform:environment:{place}", repository=repository)


CASES.passes("break-glass with MFA", role(glass(), **IN_GLASS), declared=ABOVE)
CASES.passes(
    "break-glass by a role",
    role(glass(None, GLASS.replace("user", "role")), **IN_GLASS),
    declared=replace(ABOVE, break_glass=GLASS.replace("user", "role")),
)
CASES.fails("break-glass without MFA", role(glass(None), **IN_GLASS), "without MFA", declared=ABOVE)
CASES.fails(
    "MFA only where there is some",
    role(glass({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}), **IN_GLASS),
    "without MFA",
    declared=ABOVE,
)
CASES.fails(
    "break-glass into another role", role(glass(), **IN_PLAN), "break-glass role alone", declared=ABOVE
)
CASES.fails("another principal", role(glass(who=f"{GLASS}-two"), **IN_GLASS), "lets in", declared=ABOVE)
CASES.fails("break-glass nobody declared", role(glass(), **IN_GLASS), "lets in", declared=ENVIRONMENT)
CASES.fails("break-glass beside people", role(glass(), saml(), **IN_GLASS), "shared between", declared=ABOVE)
CASES.passes("the pipeline of its place", role(platform(), **IN_PLAN), declared=ABOVE)
CASES.fails("another place's pipeline", role(platform("x"), **IN_PLAN), "not the pipeline", declared=ABOVE)
CASES.fails("a role of none", role(platform(), **IN_GLASS), "gives none", declared=ABOVE)
CASES.fails("another id", role(platform(repository="1"), **IN_PLAN), "repository's id", declared=ABOVE)
CASES.fails("where no pipeline is declared", role(platform(), **IN_PLAN), "gives none", declared=ENVIRONMENT)


SAGEMAKER = trust({"Service": "sagemaker.amazonaws.com"}, "sts:AssumeRole")
CASES.passes("a notebook's role", role(SAGEMAKER, name="qlz-optimus-sandbox-notebook"))
for name in ("qlz-optimus-sandbox-researcher", "qlz-borealis-sandbox-notebook", "notebook", UNKNOWN):
    CASES.fails(f"{name} for a notebook", role(SAGEMAKER, name=name), "takes a notebook's role alone")
CASES.fails(
    "an environment's role for a notebook",
    role(SAGEMAKER, name="qlz-optimus-sandbox-notebook"),
    "takes a notebook's role alone",
    declared=ENVIRONMENT,
)

KINDS = {
    "people": saml(NAMED),
    "the pipeline": oidc(),
    "Braket": trust(BRAKET, "sts:AssumeRole", {"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
    "S3": trust({"Service": "s3.amazonaws.com"}, "sts:AssumeRole"),
    "SageMaker": SAGEMAKER,
}
WHO = {
    "researcher": "people",
    "auditor": "people",
    "elevated": "people",
    "pipeline": "the pipeline",
    "backup": "S3",
    "notebook": "SageMaker",
    "AmazonBraketJobsExecutionRole-optimus-sandbox": "Braket",
}
for kind, own in WHO.items():
    called = kind if kind.startswith("Amazon") else f"qlz-optimus-sandbox-{kind}"
    CASES.passes(f"{own} into {kind}", role(KINDS[own], name=called))
    for other in sorted(set(KINDS) - {own}):
        CASES.fails(f"{other} into {kind}", role(KINDS[other], name=called), "a role of its kind trusts")
TRAIL = {"Service": "cloudtrail.amazonaws.com"}
FOR_US = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
CASES.passes(
    "the trail into its role",
    role(trust(TRAIL, "sts:AssumeRole", FOR_US), name="qlz-sandbox-trail"),
    declared=ABOVE,
)
for kind in ("events", "plan", "responder", "break-glass"):
    CASES.fails(
        f"the trail into {kind}",
        role(trust(TRAIL, "sts:AssumeRole", FOR_US), name=f"qlz-sandbox-{kind}"),
        "a role of its kind trusts",
        declared=ABOVE,
    )
CASES.fails("people into plan", role(saml(), **IN_PLAN), "trusts oidc alone", declared=ABOVE)
CASES.fails("people into break-glass", role(saml(), **IN_GLASS), "trusts break-glass alone", declared=ABOVE)


def test_case(case: Case) -> None:
    case.check()
