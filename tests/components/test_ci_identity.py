"""Trust in pipelines: one exact shape for each kind of CI system (I2)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.args import ArgumentError
from components.braket.ci_identity import PipelineArgs, trust_pipeline
from tests.components.conftest import pipeline_args
from tests.components.iam import Request, decide
from tests.components.runner import ACCOUNT

AZURE = "vstoken.dev.azure.com/00112233-4455-6677-8899-aabbccddeeff"
PREFIX = f"arn:aws:iam::{ACCOUNT}:oidc-provider/"


def gitlab(**changes: Any) -> PipelineArgs:
    given: dict[str, Any] = {
        "kind": "gitlab",
        "provider_arn": f"{PREFIX}gitlab.example.org",
        "audience": "https://gitlab.example.org",
        "repository": "quantum/platform",
        "environment": "main",
    }
    return PipelineArgs(**{**given, **changes})


def azure(**changes: Any) -> PipelineArgs:
    given: dict[str, Any] = {
        "kind": "azure-devops",
        "provider_arn": f"{PREFIX}{AZURE}",
        "audience": "api://AzureADTokenExchange",
        "repository": "example-org/Quantum Platform",
        "environment": "qlz-sandbox-apply",
    }
    return PipelineArgs(**{**given, **changes})


KINDS = {
    "gitlab": (gitlab(), "gitlab.example.org", "project_path:quantum/platform:ref_type:branch:ref:main"),
    "azure-devops": (azure(), AZURE, "sc://example-org/Quantum Platform/qlz-sandbox-apply"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_one_workflow_comes_in(kind: str) -> None:
    args, issuer, subject = KINDS[kind]
    right: dict[str, str | list[str]] = {f"{issuer}:aud": args.audience, f"{issuer}:sub": subject}
    document = json.loads(trust_pipeline(args))

    def answer(who: str = args.provider_arn, **changes: str) -> str:
        context = {**right, **{f"{issuer}:{key}": value for key, value in changes.items()}}
        return decide([document], Request("sts:AssumeRoleWithWebIdentity", "", context, who))

    assert answer() == "allow"
    assert answer(aud="https://elsewhere.example.org") == "none"
    assert answer(sub=f"{subject}-two") == "none"
    assert answer(sub=subject.replace("latform", "layground")) == "none"
    assert answer(who=f"{PREFIX}other.example.org") == "none"
    assert "*" not in json.dumps(document)


def test_a_pull_request_or_tag_of_gitlab_stays_out() -> None:
    args, issuer, subject = KINDS["gitlab"]
    document = json.loads(trust_pipeline(args))
    for crafted in (subject.replace("branch", "tag"), subject.replace("ref:main", "ref:feature")):
        context: dict[str, str | list[str]] = {f"{issuer}:aud": args.audience, f"{issuer}:sub": crafted}
        request = Request("sts:AssumeRoleWithWebIdentity", "", context, args.provider_arn)
        assert decide([document], request) == "none"


@pytest.mark.parametrize(
    "make",
    [
        lambda: gitlab(repository="quantum/*"),
        lambda: gitlab(environment="*"),
        lambda: gitlab(repository_id="1"),
        lambda: azure(provider_arn=f"{PREFIX}vstoken.dev.azure.com/example-org"),
        lambda: azure(environment="qlz-*"),
        lambda: azure(repository="example-org"),
        lambda: azure(kind="jenkins"),
        lambda: pipeline_args(repository_id=""),
        lambda: pipeline_args(provider_arn=f"{PREFIX}gitlab.com"),
    ],
)
def test_nothing_inexact_is_taken(make: Any) -> None:
    with pytest.raises(ArgumentError):
        make()
