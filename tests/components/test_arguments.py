"""What the arguments refuse: AWS would, and later; the refusal names the argument and what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from components.args import ArgumentError
from components.braket.buckets import BucketArgs
from components.braket.device_lock import check_devices
from components.braket.identity import OidcArgs, SamlArgs
from components.braket.keys import KeyArgs
from components.braket.log_sinks import LogSinksArgs
from components.braket.names import EnvironmentNames, ProjectNames
from components.braket.trail_alarms import Unusual
from components.tags import EnvironmentTags, ProjectTags
from tests.components.conftest import DM1, PLACE, SV1, environment_args, pipeline_args, project_args

SINKS = {
    "lock_mode": "GOVERNANCE",
    "trail_days": 365,
    "trail_lock_days": 30,
    "operational_log_days": 365,
    "security_log_days": 90,
}
PROD = LogSinksArgs(**{**SINKS, "lock_mode": "COMPLIANCE"})  # type: ignore[arg-type]

FORTE = "arn:aws:braket:us-east-1::device/qpu/ionq/Forte-1"


def sinks(**changes: Any) -> LogSinksArgs:
    return LogSinksArgs(**{**SINKS, **changes})


def key(**changes: Any) -> KeyArgs:
    given: dict[str, Any] = {"names": PLACE, "alias": "alias/x", "description": "", "tags": {}, "use": ()}
    return KeyArgs(**{**given, **changes})


def bucket(**changes: Any) -> BucketArgs:
    given: dict[str, Any] = {"bucket": "results", "tags": {}, "key_arn": None}
    given |= {"statements": (), "expire_days": 1, "noncurrent_days": 1}
    return BucketArgs(**{**given, **changes})


QPUS = tuple(f"arn:aws:braket:eu-west-2::device/qpu/provider/A-Long-Device-{n:02}" for n in range(90))
CASES: list[tuple[str, Callable[[], object]]] = [
    ("account", lambda: EnvironmentNames("11112222333", "eu-west-2", "sandbox")),
    ("account", lambda: EnvironmentNames("11112222333x", "eu-west-2", "sandbox")),
    ("account", lambda: EnvironmentNames("1111222233\uff13\uff13", "eu-west-2", "sandbox")),
    ("region", lambda: EnvironmentNames("111122223333", "eu-west-\uff12", "sandbox")),
    ("region", lambda: EnvironmentNames("111122223333", "eu-west", "sandbox")),
    ("region", lambda: EnvironmentNames("111122223333", "*", "sandbox")),
    ("environment", lambda: EnvironmentNames("111122223333", "eu-west-2", "Sand_box")),
    ("project", lambda: ProjectNames("opti--mus", PLACE)),
    ("project", lambda: ProjectNames("*", PLACE)),
    ("project", lambda: ProjectNames("p" * 27, PLACE)),
    ("SamlArgs.name", lambda: SamlArgs("a b", "<EntityDescriptor/>" + " " * 1000)),
    ("SamlArgs.metadata", lambda: SamlArgs("corporate", "<EntityDescriptor/>")),
    ("SamlArgs.metadata", lambda: SamlArgs("corporate", "x" * 1000)),
    ("OidcArgs.kind", lambda: OidcArgs("jenkins", "https://ci.example.org", "sts.amazonaws.com")),
    ("OidcArgs.url", lambda: OidcArgs("github", "https://tokenXactions.githubusercontent.com", "x")),
    ("OidcArgs.audience", lambda: OidcArgs("github", "https://token.actions.githubusercontent.com", "*")),
    ("PipelineArgs.repository", lambda: pipeline_args(repository="example-org/*")),
    ("PipelineArgs.repository_id", lambda: pipeline_args(repository_id="0")),
    ("PipelineArgs.owner_id", lambda: pipeline_args(owner_id="*")),
    ("PipelineArgs.environment", lambda: pipeline_args(environment="prod:x")),
    ("PipelineArgs.audience", lambda: pipeline_args(audience="*")),
    ("PipelineArgs.provider_arn", lambda: pipeline_args(provider_arn="arn:aws:iam::1:oidc-provider/x")),
    ("LogSinksArgs.lock_mode", lambda: sinks(lock_mode="NONE")),
    ("LogSinksArgs.trail_lock_days", lambda: sinks(trail_lock_days=366)),
    ("LogSinksArgs.trail_lock_days", lambda: sinks(trail_lock_days=0)),
    ("LogSinksArgs.operational_log_days", lambda: sinks(operational_log_days=100)),
    ("LogSinksArgs.security_log_days", lambda: sinks(security_log_days=31)),
    ("LogSinksArgs.security_log_days", lambda: sinks(security_log_days=365)),
    ("BucketArgs.bucket", lambda: bucket(bucket="Results")),
    ("BucketArgs.bucket", lambda: bucket(bucket="x" * 64)),
    ("BucketArgs.bucket", lambda: bucket(bucket="results-s3alias")),
    ("BucketArgs.bucket", lambda: bucket(bucket="xn--results")),
    ("BucketArgs.expire_days", lambda: bucket(expire_days=0)),
    ("BucketArgs.noncurrent_days", lambda: bucket(noncurrent_days=0)),
    ("BucketArgs.lock", lambda: bucket(lock=("NONE", 1))),
    ("BucketArgs.lock", lambda: bucket(lock=("GOVERNANCE", 36501))),
    ("Unusual", lambda: Unusual("optimus", (), 1, ("192.0.2.0/24",))),
    ("Unusual", lambda: Unusual("optimus", (SV1,), 1, ())),
    ("Unusual.source_networks", lambda: Unusual("optimus", (SV1,), 1, ("192.0.2.1/24",))),
    ("Unusual.source_networks", lambda: Unusual("optimus", (SV1,), 1, ("2001:db8::/32",))),
    ("KeyArgs.alias", lambda: key(alias="optimus")),
    ("KeyArgs.alias", lambda: key(alias="alias/aws/s3")),
    ("KeyArgs.rotation_days", lambda: key(rotation_days=89)),
    ("KeyArgs.deletion_days", lambda: key(deletion_days=6)),
    ("KeyArgs.administrators", lambda: key(administrators=("arn:aws:iam::111122223333:role/*",))),
    ("ProjectArgs.devices", lambda: project_args(devices=())),
    ("ProjectArgs.devices", lambda: project_args(devices=(SV1, SV1))),
    ("ProjectArgs.devices", lambda: project_args(devices=(SV1.replace("sv1", "*"),))),
    ("ProjectArgs.devices", lambda: project_args(devices=(FORTE,))),
    ("ProjectArgs.boundary_arn", lambda: project_args(boundary_arn="arn:aws:iam::999999999999:policy/x")),
    ("ProjectArgs.boundary_arn", lambda: project_args(boundary_arn="arn:aws:iam::aws:policy/Any")),
    ("ProjectArgs.saml_provider_arn", lambda: project_args(saml_provider_arn="")),
    ("ProjectArgs.session_hours", lambda: project_args(session_hours=13)),
    ("ProjectArgs.session_hours", lambda: project_args(session_hours=0)),
    ("ProjectArgs.retention_days", lambda: project_args(retention_days=1)),
    ("ProjectArgs.key_administrators", lambda: project_args(key_administrators=("*",))),
    ("ProjectArgs.tags", lambda: project_args(names=ProjectNames("other", PLACE))),
    ("EnvironmentArgs.tags", lambda: environment_args(tags=EnvironmentTags("dev", "team", "CC"))),
    ("EnvironmentArgs.level", lambda: environment_args(level="staging")),
    ("EnvironmentArgs.alert_emails", lambda: environment_args(alert_emails=())),
    ("EnvironmentArgs.alert_emails", lambda: environment_args(alert_emails=("nobody",))),
    ("LogSinksArgs.lock_mode", lambda: environment_args(log_sinks=PROD)),
    ("EnvironmentArgs.names", lambda: environment_args(spending=dict.fromkeys(QPUS, "0"))),
    ("tag owner", lambda: environment_args(tags=EnvironmentTags("sandbox", "team; drop", "CC"))),
    ("tag cost-centre", lambda: environment_args(tags=EnvironmentTags("sandbox", "team", ""))),
    ("tag owner", lambda: EnvironmentTags("sandbox", "x" * 257, "CC").as_dict()),
]  # fmt: skip


@pytest.mark.parametrize(("argument", "make"), CASES, ids=[f"{i}-{c[0]}" for i, c in enumerate(CASES)])
def test_refuses(argument: str, make: Callable[[], object]) -> None:
    with pytest.raises(ArgumentError) as error:
        make()
    assert error.value.argument == argument
    assert error.value.fix
    assert str(error.value).startswith(f"{argument}: ")


def test_admits_a_qpu_of_the_region_and_the_longest_name() -> None:
    check_devices("devices", ("arn:aws:braket:eu-west-2::device/qpu/oqc/Toshiko", SV1, DM1), ("eu-west-2",))
    names = ProjectNames("p" * 26, PLACE)
    assert len(names.job_role_name) <= 64
    assert len(names.bucket) <= 63
    assert all(len(names.role_name(kind)) <= 64 for kind in ("researcher", "pipeline", "auditor"))


def test_a_wildcard_in_a_name_cannot_reach_a_policy() -> None:
    tags = ProjectTags("*", "sandbox", "t", "o", "c", "internal", date(2027, 1, 1))
    with pytest.raises(ArgumentError, match="tag project"):
        tags.as_dict()
