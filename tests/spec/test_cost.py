"""Reading is quick, and takes neither an engine nor a cloud SDK with it."""

from __future__ import annotations

import subprocess
import sys
import time

from components.spec import load_stack
from tests.spec.conftest import ROOT

HEAVY = ("pulumi", "pulumi_aws", "pulumi_policy", "boto3", "botocore", "grpc", "moto", "rich", "typer")


def test_import_is_light() -> None:
    program = (
        "import sys, components.spec, components.catalog; print(*{m.split('.')[0] for m in sys.modules})"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(result.stdout.split())
    assert "components" in loaded
    assert not loaded & set(HEAVY)


def test_a_project_loads_quickly() -> None:
    load_stack(ROOT, "optimus-sandbox")
    times = []
    for _ in range(7):
        start = time.thread_time()
        load_stack(ROOT, "optimus-sandbox")
        times.append(time.thread_time() - start)
    # Processor time, so that a busy machine does not fail it; about 10 ms are usual.
    assert min(times) < 0.030
