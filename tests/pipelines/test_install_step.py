"""Nothing that is downloaded runs before it was compared with its digest; an unset digest stops the job."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import tarfile
from importlib.resources import files
from pathlib import Path

import pytest

from tests.pipelines.scratch import Scratch
from tests.pipelines.templates import PIPELINES

PINS = (PIPELINES / "pins.env").read_text(encoding="utf-8")
PULUMI = b'#!/usr/bin/env bash\nprintf "pulumi %s\\n" "$*" >>"$TOLD"\nexit "${PLUGIN_SAYS:-0}"\n'
DIGEST = "ab" * 32


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    found = Scratch(tmp_path)
    (tmp_path / "mirror").mkdir()
    with tarfile.open(tmp_path / "mirror" / "pulumi-v3.260.0-linux-x64.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("pulumi/pulumi")
        entry.size, entry.mode = len(PULUMI), 0o755
        archive.addfile(entry, io.BytesIO(PULUMI))
    return found


def pin(scratch: Scratch, **digests: str) -> None:
    text = PINS
    for name, value in digests.items():
        text, count = re.subn(rf"(?m)^{name}=.*$", f"{name}={value}", text)
        assert count == 1
    (scratch.steps.parent / "pins.env").write_text(text, encoding="utf-8")


def digest(scratch: Scratch) -> str:
    (archive,) = (scratch.root.parent / "mirror").iterdir()
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def install(scratch: Scratch, cloud: str = "aws", **env: str) -> subprocess.CompletedProcess[str]:
    source = (scratch.root.parent / "mirror").as_uri()
    folder = str(scratch.root.parent / "installed")
    return scratch.run("install-pulumi.sh", folder, cloud, env={"QLZ_PULUMI_SOURCE": source, **env})


def test_what_is_committed_installs_nothing_until_its_digests_are_set(scratch: Scratch) -> None:
    done = install(scratch)
    assert done.returncode == 2
    assert "PULUMI_SHA256 is not set in pipelines/pins.env" in done.stderr
    assert not (scratch.root.parent / "installed").exists()


@pytest.mark.parametrize(
    ("cloud", "name", "plugin"),
    [
        ("aws", "PROVIDER_AWS_SHA256", "aws v7.51.1"),
        ("azure", "PROVIDER_AZURE_NATIVE_SHA256", "azure-native v3.29.0"),
    ],
)
def test_the_cli_and_a_provider_are_compared(scratch: Scratch, cloud: str, name: str, plugin: str) -> None:
    pin(scratch, PULUMI_SHA256=digest(scratch), **{name: DIGEST})
    done = install(scratch, cloud)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{scratch.root.parent}/installed/pulumi\n"
    assert (
        scratch.told.read_text() == f"pulumi plugin install resource {plugin} --exact --checksum {DIGEST}\n"
    )


def test_another_archive_is_not_run(scratch: Scratch) -> None:
    pin(scratch, PULUMI_SHA256="00" * 32, PROVIDER_AWS_SHA256=DIGEST)
    done = install(scratch)
    assert done.returncode == 2
    assert "is not what pins.env says" in done.stderr
    assert scratch.told.read_text() == ""
    assert not (scratch.root.parent / "installed" / "pulumi").exists()


def test_a_provider_that_does_not_match_stops_it(scratch: Scratch) -> None:
    pin(scratch, PULUMI_SHA256=digest(scratch), PROVIDER_AWS_SHA256=DIGEST)
    assert install(scratch, PLUGIN_SAYS="255").returncode == 255


@pytest.mark.parametrize("value", ["", "abc", "AB" * 32, "$(touch x)", f"{DIGEST} "])
def test_a_digest_of_another_shape_counts_as_none(scratch: Scratch, value: str) -> None:
    pin(scratch, PULUMI_SHA256=digest(scratch), PROVIDER_AWS_SHA256=value)
    assert install(scratch).returncode == 2


def test_a_missing_release_and_another_cloud_are_told(scratch: Scratch) -> None:
    pin(scratch, PULUMI_SHA256=DIGEST, PROVIDER_AWS_SHA256=DIGEST)
    done = install(scratch, QLZ_PULUMI_SOURCE=(scratch.root / "nowhere").as_uri())
    assert (done.returncode, "could not be downloaded" in done.stderr) == (2, True)
    assert install(scratch, "gcp").returncode == 2


@pytest.mark.parametrize(
    ("package", "name"),
    [("pulumi_aws", "PROVIDER_AWS_VERSION"), ("pulumi_azure_native", "PROVIDER_AZURE_NATIVE_VERSION")],
)
def test_a_providers_version_is_that_of_its_locked_package(package: str, name: str) -> None:
    wanted = json.loads((files(package) / "pulumi-plugin.json").read_text(encoding="utf-8"))["version"]
    assert re.search(rf"(?m)^{name}={re.escape(wanted)}$", PINS)
    assert f"v{wanted}-linux-amd64.tar.gz" in PINS


def test_each_digest_says_where_it_is_taken_from() -> None:
    parts = re.split(r"(?m)^\w+_SHA256=", PINS)
    assert len(parts) == 4
    assert all("https://github.com/pulumi/" in part for part in parts[:-1])
    assert all(re.match(r"([0-9a-f]{64})?\n", part) for part in parts[1:])
