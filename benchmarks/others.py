"""What others take for the same logical resources: checkov on a Terraform plan, c7n-left on Terraform files.

Both are installed from the package index into a folder that goes again, pinned by hash, and only where that
is asked for; else the figures are recorded ones, and are called so.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2 as wire

from benchmarks.common import ROOT, cost, median

_TYPES = {
    "aws:s3/bucket:Bucket": "aws_s3_bucket",
    "aws:kms/key:Key": "aws_kms_key",
    "aws:iam/role:Role": "aws_iam_role",
}
_NAMES = {
    "bucket": "bucket",
    "tags": "tags",
    "objectLockEnabled": "object_lock_enabled",
    "forceDestroy": "force_destroy",
    "description": "description",
    "policy": "policy",
    "enableKeyRotation": "enable_key_rotation",
    "isEnabled": "is_enabled",
    "rotationPeriodInDays": "rotation_period_in_days",
    "name": "name",
    "path": "path",
    "assumeRolePolicy": "assume_role_policy",
    "maxSessionDuration": "max_session_duration",
    "permissionsBoundary": "permissions_boundary",
}
_RULES = (
    ("aws_s3_bucket", "tag:owner", "absent"),
    ("aws_s3_bucket", "tag:environment", "absent"),
    ("aws_s3_bucket", "force_destroy", True),
    ("aws_s3_bucket", "object_lock_enabled", False),
    ("aws_kms_key", "enable_key_rotation", False),
    ("aws_kms_key", "is_enabled", False),
    ("aws_kms_key", "tag:owner", "absent"),
    ("aws_iam_role", "permissions_boundary", "absent"),
    ("aws_iam_role", "max_session_duration", 43200),
    ("aws_iam_role", "tag:owner", "absent"),
)
"""Ten rules for c7n-left, which brings none: type, key, value that is wrong."""


@dataclass(frozen=True)
class Other:
    """Seconds of wall time and of processor time; the latter 0 where only the former is recorded."""

    title: str
    seconds: float
    worked: float = 0.0


RECORDED = (
    Other("checkov on a Terraform plan (recorded on two cores, not run here)", 10.0),
    Other("c7n-left with 10 rules (recorded on two cores, not run here)", 1.9),
)


def run(requests: Sequence[wire.AnalyzeRequest], runs: int) -> tuple[Other, ...]:
    """Install both, and run each as often as ours; medians. Raises SystemExit where that cannot be."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        checkov, left = (_installed(folder, tool) for tool in ("checkov", "c7n-left"))
        plan = folder / "plan.json"
        plan.write_text(json.dumps(terraform_plan(requests)), encoding="utf-8")
        (folder / "terraform").mkdir()
        (folder / "terraform" / "main.tf").write_text(terraform_files(requests), encoding="utf-8")
        (folder / "rules").mkdir()
        (folder / "rules" / "rules.json").write_text(json.dumps(left_rules()), encoding="utf-8")
        of_checkov = [
            str(checkov),
            "--file",
            str(plan),
            "--framework",
            "terraform_plan",
            "--compact",
            "--quiet",
        ]
        of_checkov += ["--skip-download", "--output", "json"]
        of_left = [
            str(left),
            "run",
            "-p",
            str(folder / "rules"),
            "-d",
            str(folder / "terraform"),
            "-o",
            "json",
        ]
        of_left += ["--output-file", str(folder / "found.json")]
        return (
            _timed("checkov on a Terraform plan", of_checkov, runs, folder, _seen_by_checkov),
            _timed("c7n-left with 10 rules", of_left, runs, folder),
        )


def _installed(folder: Path, tool: str) -> Path:
    """The tool's command, in an environment of its own."""
    uv, place = ROOT / ".tools" / "bin" / "uv", folder / tool
    wanted = ROOT / "benchmarks" / f"requirements-{tool}.txt"
    for words in (
        ["venv", "--quiet", str(place)],
        [
            "pip",
            "sync",
            "--quiet",
            "--compile-bytecode",
            "--require-hashes",
            "--python",
            str(place),
            str(wanted),
        ],
    ):
        done = subprocess.run([str(uv), *words], capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise SystemExit(f"{tool} could not be installed: {done.stderr[-500:]}")
    return place / "bin" / tool


def _seen_by_checkov(said: bytes) -> int:
    """How many resources it judged."""
    return int(json.loads(said)["summary"]["resource_count"])


def _timed(
    title: str, command: list[str], runs: int, folder: Path, seen: Callable[[bytes], int] | None = None
) -> Other:
    told = b""

    def once() -> None:
        nonlocal told
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603
        if done.returncode not in (0, 1):  # 1: it found something
            raise SystemExit(f"{title}: {(done.stderr or done.stdout).decode()[-800:]}")
        told = done.stdout

    found = [cost(once) for _ in range(runs)]
    count = f", {seen(told)} resources" if seen else ""
    return Other(title + count, median([wall for wall, _ in found]), median([worked for _, worked in found]))


def terraform_plan(requests: Iterable[wire.AnalyzeRequest]) -> dict[str, Any]:
    """The resources as `terraform show -json` tells a plan."""
    made: list[dict[str, Any]] = [
        {
            "address": f"{kind}.{name}",
            "mode": "managed",
            "type": kind,
            "name": name,
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "schema_version": 0,
            "values": values,
        }
        for kind, name, values in _logical(requests)
    ]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": made}},
        "resource_changes": [
            {
                **{key: one[key] for key in ("address", "mode", "type", "name", "provider_name")},
                "change": {
                    "actions": ["create"],
                    "before": None,
                    "after": one["values"],
                    "after_unknown": {},
                },
            }
            for one in made
        ],
        "configuration": {
            "root_module": {
                "resources": [
                    {
                        **{key: one[key] for key in ("address", "mode", "type", "name")},
                        "expressions": {k: {"constant_value": v} for k, v in one["values"].items()},
                    }
                    for one in made
                ]
            }
        },
    }


def terraform_files(requests: Iterable[wire.AnalyzeRequest]) -> str:
    """The resources as Terraform's language has them."""
    parts = []
    for kind, name, values in _logical(requests):
        lines = "\n".join(f"  {key} = {_hcl(value)}" for key, value in values.items())
        parts.append(f'resource "{kind}" "{name}" {{\n{lines}\n}}\n')
    return "\n".join(parts)


def left_rules() -> dict[str, Any]:
    """Ten rules in Cloud Custodian's form."""
    return {
        "policies": [
            {
                "name": f"rule-{number}",
                "resource": f"terraform.{kind}",
                "filters": [{"type": "value", "key": key, "value": value}],
            }
            for number, (kind, key, value) in enumerate(_RULES)
        ]
    }


def _logical(requests: Iterable[wire.AnalyzeRequest]) -> Iterable[tuple[str, str, dict[str, Any]]]:
    """Terraform's type, a name, and the arguments that have one there."""
    for number, request in enumerate(requests):
        given = json_format.MessageToDict(request.properties)
        values = {_NAMES[key]: value for key, value in given.items() if key in _NAMES}
        yield _TYPES[request.type], f"r{number}", values


def _hcl(value: Any) -> str:
    """JSON is Terraform's own notation for all but templates in texts, which are escaped."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_hcl(one)}" for key, one in value.items()) + " }"
    text = json.dumps(value)
    return text.replace("${", "$${").replace("%{", "%%{")
