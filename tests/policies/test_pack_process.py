"""The pack as a process, started as engines start it and spoken to over gRPC."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc

from policy_packs.controls.registry import baseline_controls
from policy_packs.controls.stack_facts import PROJECT_ROOT
from tests.policies.support import REGION, Res

PACK = PROJECT_ROOT / "policy_packs" / "baseline"


@dataclass
class Pack:
    stub: analyzer_pb2_grpc.AnalyzerStub
    first_line: str


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    environment = {
        **os.environ,
        "PULUMI_STACK": "optimus-sandbox",
        "PULUMI_PROJECT": "qlz",
        "PULUMI_DRY_RUN": "true",
    }
    environment.pop("PYTHONPATH", None)
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PACK)],
        cwd=PACK,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        with grpc.insecure_channel(f"127.0.0.1:{int(line)}") as channel:
            yield Pack(analyzer_pb2_grpc.AnalyzerStub(channel), line)
    finally:
        process.kill()
        process.wait()


def test_it_prints_its_port_alone(pack: Pack) -> None:
    assert pack.first_line.strip().isdigit()


def test_it_names_its_controls(pack: Pack) -> None:
    info = pack.stub.GetAnalyzerInfo(empty_pb2.Empty())
    told = {"qlz-g4-exceptions-used", "qlz-g4-exceptions-unused"}
    assert {policy.name for policy in info.policies} - told == {each.id for each in baseline_controls()}


def test_it_stops_what_goes_round_the_components(pack: Pack) -> None:
    pack.stub.Configure(wire.ConfigureAnalyzerRequest(policyConfig={"all": wire.PolicyConfig()}))
    user = Res("aws:iam/user:User", {"name": "mallory", "region": REGION}, name="mallory")
    found = {each.policyName: each for each in pack.stub.Analyze(user.request()).diagnostics}
    assert set(found) == {"qlz-c1-reviewed-types", "qlz-i1-no-long-lived-credentials"}
    assert {each.enforcementLevel for each in found.values()} == {wire.MANDATORY}


def test_it_knows_the_stack_from_its_environment(pack: Pack) -> None:
    key = Res("aws:sns/topic:Topic", {"region": "us-east-1"})
    messages = {each.policyName: each.message for each in pack.stub.Analyze(key.request()).diagnostics}
    assert "its region is 'us-east-1', the stack allows eu-west-2" in messages["qlz-r1-region-lock"]


def test_the_whole_stack_is_judged(pack: Pack) -> None:
    found = pack.stub.AnalyzeStack(wire.AnalyzeStackRequest()).diagnostics
    missing = {"qlz-d4-run-record", "qlz-g6-lives-in", "qlz-l6-freeze-ready", "qlz-l7-present"}
    assert {each.policyName for each in found} >= missing


def test_it_does_not_import_the_provider() -> None:
    code = (
        "import sys; import policy_packs.baseline.policies as p; p.analyzer()\n"
        "print([m for m in ('pulumi_aws', 'pulumi_policy', 'pydantic', 'boto3') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"
