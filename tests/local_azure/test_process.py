"""The process: it is found, private, on the loopback, told what to do by its owner only, and stops."""

from __future__ import annotations

import socket
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from rehearsal.local_azure import LocalAzure
from rehearsal.local_cloud import LocalCloudError


def test_it_is_found_again_and_stops(tmp_path: Path) -> None:
    told: list[str] = []
    cloud = LocalAzure.ensure(tmp_path, told.append)
    try:
        assert cloud.fresh
        again = LocalAzure.ensure(tmp_path, told.append)
        assert (again.id, again.endpoint, again.fresh) == (cloud.id, cloud.endpoint, False)
        assert told == ["starting the local Azure"]
        for path in (tmp_path / "azure").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        assert stat.S_IMODE((tmp_path / "azure").stat().st_mode) == 0o700
    finally:
        cloud.stop()
    assert LocalAzure.find(tmp_path) is None
    cloud.stop()


def test_it_stops_when_idle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QLZ_CLOUD_IDLE_SECONDS", "0.3")
    cloud = LocalAzure.ensure(tmp_path)
    with socket.create_connection(("127.0.0.1", int(cloud.endpoint.rpartition(":")[2]))) as held:
        held.settimeout(30)
        assert held.recv(1) == b""
    assert LocalAzure.find(tmp_path) is None


def test_each_has_an_authority_of_its_own(cloud: LocalAzure, tmp_path: Path) -> None:
    """Nothing but its own certificate is trusted, and nothing trusts it but who was told to."""
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(cloud.endpoint, timeout=10, verify=True)
    other = LocalAzure.ensure(tmp_path)
    try:
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(cloud.endpoint, timeout=10, verify=str(other.ca_file))
        # Nor does a token or a secret of the one open the other.
        reply = requests.get(
            f"{cloud.endpoint}/subscriptions?api-version=2024-03-01",
            headers={"Authorization": f"Bearer {other.token()}"},
            verify=str(cloud.ca_file),
            timeout=10,
        )
        assert reply.status_code == 401
    finally:
        other.stop()


@pytest.mark.parametrize("verb", ["clock", "faults", "principals", "token", "assertion", "settings"])
def test_only_its_owner_controls_it(cloud: LocalAzure, verb: str) -> None:
    for headers in ({}, {"x-qlz-secret": "guess"}, {"Authorization": f"Bearer {cloud.token()}"}):
        reply = requests.post(
            f"{cloud.endpoint}/_qlz/control/{verb}",
            json={},
            headers=headers,
            verify=str(cloud.ca_file),
            timeout=10,
        )
        assert reply.json()["error"]["code"] == "Forbidden"


@pytest.mark.parametrize(
    ("verb", "told"),
    [
        ("clock", {"advance": -1}),
        ("clock", {"advance": "x"}),
        ("faults", {}),
        ("faults", {"faults": [{"colour": 1}]}),
        ("principals", {"principals": [{"id": "x", "type": "Robot"}]}),
        ("settings", {"speed": 1}),
        ("nothing", {}),
    ],
)
def test_what_makes_no_sense_is_said(cloud: LocalAzure, verb: str, told: dict[str, object]) -> None:
    with pytest.raises(LocalCloudError, match="refuses"):
        cloud.control(verb, told)


def test_a_silent_client_holds_up_nobody(cloud: LocalAzure) -> None:
    with socket.create_connection(("127.0.0.1", int(cloud.endpoint.rpartition(":")[2]))):
        assert cloud.token()


def test_a_connection_serves_many_requests_and_old_tls_none(cloud: LocalAzure) -> None:
    port = int(cloud.endpoint.rpartition(":")[2])
    context = ssl.create_default_context(cafile=str(cloud.ca_file))
    with (
        socket.create_connection(("127.0.0.1", port)) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as tls,
    ):
        assert tls.version() in ("TLSv1.2", "TLSv1.3")
        for _ in range(3):
            tls.sendall(b"GET /_qlz/cloud HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert tls.recv(4096).startswith(b"HTTP/1.1 200")


def test_a_body_in_chunks(cloud: LocalAzure) -> None:
    def parts() -> object:
        yield b'{"principal": '
        yield b'"x"}'

    secret = (cloud.home / "azure" / "secret").read_text(encoding="ascii")
    reply = requests.post(
        f"{cloud.endpoint}/_qlz/control/token",
        data=parts(),  # type: ignore[arg-type]
        headers={"x-qlz-secret": secret},
        verify=str(cloud.ca_file),
        timeout=10,
    )
    assert reply.json()["token"]


def test_its_client_is_light() -> None:
    code = "import sys, rehearsal.local_azure.client; print(','.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split(",")
    heavy = {"cryptography", "trustme", "jwt", "azure.core", "requests", "pulumi", "pydantic"}
    assert not heavy & set(loaded)
