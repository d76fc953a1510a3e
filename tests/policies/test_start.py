"""Engines start a pack by a command of the SDK; it loads the protocol's messages and not the SDK."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKS = Path(__file__).parents[2] / "policy_packs"
IMPORTED = re.compile(r"^import time:.*\| +(pulumi[\w.]*)$", re.MULTILINE)


def loaded(pack: str, **environment: str) -> set[str]:
    """What a pack's process has loaded of the SDK when it listens; it prints its port and nothing else."""
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PACKS / pack)],
        cwd=PACKS / pack,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    port = process.stdout.readline()
    process.kill()
    out, err = process.communicate()
    assert port.strip().isdecimal(), err
    assert out == ""
    return set(IMPORTED.findall(err))


@pytest.mark.parametrize("pack", ["baseline", "regulated"])
def test_a_pack_loads_the_messages_alone(pack: str) -> None:
    names = loaded(pack)
    assert "pulumi.runtime.proto.analyzer_pb2_grpc" in names
    assert not {"pulumi.output", "pulumi.runtime.stack", "pulumi.automation"} & names


def test_it_starts_where_python_does_not_look_into_its_folder() -> None:
    names = loaded("baseline", PYTHONSAFEPATH="1")
    assert {"pulumi.runtime.proto.analyzer_pb2_grpc", "pulumi.output"} <= names
