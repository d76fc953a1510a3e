"""A pack's process loads the protocol's messages and not the SDK."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOADED = "import sys; print(sorted(name for name in sys.modules if name.startswith('pulumi')))"


def _printed(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


@pytest.mark.parametrize("pack", ["baseline", "regulated"])
def test_a_pack_loads_the_messages_alone(pack: str) -> None:
    code = f"""
from policy_packs.controls.protocol import messages_alone
messages_alone()
from policy_packs.{pack}.policies import analyzer
from policy_packs.controls.analyzer import serve
analyzer()
{LOADED}
"""
    names = _printed(code)
    assert "'pulumi.runtime.proto.analyzer_pb2_grpc'" in names
    assert "'pulumi.output'" not in names
    assert "'pulumi.runtime.stack'" not in names


def test_it_does_nothing_where_the_sdk_is_there() -> None:
    code = """
import pulumi
from policy_packs.controls.protocol import messages_alone
messages_alone()
from pulumi.runtime.proto import analyzer_pb2
print(sys.modules["pulumi"] is pulumi, hasattr(pulumi, "Output"))
"""
    assert _printed(f"import sys\n{code}") == "True True"
