"""Secrets are found wherever a file holds them as text; what only looks like one is left alone."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
from typing import Any

import pytest

from qlz.check.files.scanner import _pieces, hits, is_strict

# Put together here, so that this file holds none.
AWS_ID = "AKIA" + "Q7WZ2MNB4XKD5TYP"
AWS_KEY = "aws_secret_access_key = " + "wJalrXUtnFEMIK7MDENGbPxRfiCYzzzzKEY" + "Zq9Lm"
PRIVATE = "-----BEGIN " + "RSA PRIVATE KEY-----" + "MIIEowIBAAKCAQEAq8Jb2mVt" * 3
GITHUB = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
LOGIN = "https://ada:" + "s3cr3tpass@example.org/repo"
RANDOM = "9f86d081" + "884c7d659a2feaa0c55ad015"
STORAGE = "AccountKey=" + "A" * 20 + "b7Z/x+Q" * 9 + "abc=="  # 86 characters and two signs
SESSION = "eyJhbGciOiJIUzI1" + "NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4fwpM"
OTHERS = (
    "xoxb-" + "123456789012-1234567890123-aBcDeFgHiJkLmNoPqRsTuVwX",
    "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc",
    "SG." + "ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf09kqeF8tAmbihYzrnopKc1s5crXy",
    "npm_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "AC" + "a1b2c3d4e5f60718293a4b5c6d7e8f90",
    "ibm_cloud_api_key=" + "abyfnrwemfdwpnbazQdfe44Q3fhYb5gQ2Xy_qzEr1-Kw"[:44],
    "https://ada:" + "pw1@host.invalid/x",
    "pul-" + "0123456789abcdef0123456789abcdef01234567",
    "client_secret = 'aB3" + "8Q~w9XyZ0123456789abcdefghijklmnopqr'",
    "https://x.blob.core.windows.net/c?sv=2024-11-04&sig=" + "Zm9vYmFy" * 5 + "abc%3D",
    "SubscriptionId=x;ResourceGroupName=y;WorkspaceName=z;ApiKey="
    + "Ab1" * 20
    + ";QuantumEndpoint=https://e/;",
)
KNOWN = (AWS_ID, AWS_KEY, PRIVATE, GITHUB, LOGIN, STORAGE, SESSION, *OTHERS)


def lines(path: str, text: str | bytes) -> list[int]:
    return sorted({hit.line for hit in hits(path, text.encode() if isinstance(text, str) else text)})


@pytest.mark.parametrize(
    "path", ["stacks/Pulumi.x.yaml", "docs/a.md", "src/tool.py", "weird.YAML", "x/y.ipynb"]
)
@pytest.mark.parametrize("secret", KNOWN)
def test_a_key_of_a_known_kind_is_found_in_any_file(path: str, secret: str) -> None:
    assert lines(path, f"one\n# {secret}\nthree\n") == [2]


@pytest.mark.parametrize("secret", KNOWN)
def test_the_secret_itself_is_never_told(secret: str) -> None:
    assert all(secret not in hit.kind for hit in hits("stacks/x.yaml", secret.encode()))


PARTS = (
    *("XKD5TYP", "KEYZq9Lm", "CAQEAq8Jb2mVt", "P6q7R8", "s3cr3tpass", "Qabc==", "KKF2QT4fwpM", "NoPqRsTuVwX"),
    *("rjtT1zdp7dc", "rnopKc1s5crXy", "o5P6q7R8", "c6d7e8f90", "Xy_qzEr1-Kw", "pw1"),
    *("cdef01234567", "lmnopqr", "Zm9vYmFyabc%3D", "Ab1Ab1"),
)


@pytest.mark.parametrize(("secret", "part"), [*zip(KNOWN, PARTS, strict=True)])
def test_what_was_found_is_the_whole_of_it(secret: str, part: str) -> None:
    """Else another one of the same kind would have the same mark: some patterns of the library end early."""
    found = hits("x.py", f"one\n# {secret}\n".encode())
    assert found
    assert all(part in hit.value and hit.value not in repr(hit) for hit in found)


@pytest.mark.parametrize("mark", ["# pragma: allowlist secret", "# pragma: whitelist secret", "# noqa"])
def test_no_mark_in_the_file_is_heeded(mark: str) -> None:
    assert lines("stacks/Pulumi.x.yaml", f"# {AWS_ID} {mark}\n") == [1]
    assert lines("stacks/Pulumi.x.yaml", f"{mark.replace('secret', 'nextline secret')}\n# {AWS_ID}\n") == [2]


@pytest.mark.parametrize(
    "text",
    [
        "password: hunter2hunter",
        'api_key: "correct-horse-battery"',
        f"token: {RANDOM}",
        f"  key: '{RANDOM}'",
    ],
)
@pytest.mark.parametrize("path", ["stacks/Pulumi.x.yaml", "stacks/sub/x.YAML", "stacks/charters/x.yml"])
def test_in_stack_files_also_what_only_looks_like_one(path: str, text: str) -> None:
    assert lines(path, f"config:\n{text}\n") == [2]


NOISE = base64.b64encode(b"".join(hashlib.sha512(bytes([n])).digest() for n in range(3))).decode()
OF_THE_CLI = (
    f"encryptionsalt: v1:{NOISE[:11]}=:v1:{NOISE[11:27]}:{NOISE[27:89]}==",
    f"encryptedkey: {NOISE}",
)


@pytest.mark.parametrize("line", OF_THE_CLI)
def test_what_the_cli_writes_for_itself_is_none_where_it_writes_it(line: str) -> None:
    assert not hits("stacks/Pulumi.dev.yaml", f"{line}\nconfig:\n".encode())
    assert hits("stacks/charters/optimus.yaml", f"{line}\n".encode())
    assert hits("stacks/Pulumi.dev.yaml", f"config:\n  {line}\n".encode())
    known = f"{line[:14]} {AWS_ID}\n"
    assert hits("stacks/Pulumi.dev.yaml", known.encode())


def test_the_mark_in_an_exception_is_none() -> None:
    line = "resource: file::docs/page.md:6b1fe02d8a94c735\n"
    assert not hits("stacks/exceptions/a.yaml", line.encode())
    for other in (line[:-1] + "0\n", line.replace("docs", AWS_ID)):
        assert hits("stacks/exceptions/a.yaml", other.encode())
    assert hits("stacks/charters/a.yaml", line.encode())


@pytest.mark.parametrize("path", ["circuits/bell.qasm", "a/CIRCUITS/x.py", "bell.QASM", "notebooks/x.txt"])
def test_circuits_are_looked_at_as_strictly(path: str) -> None:
    assert is_strict(path)
    assert lines(path, f'OPENQASM 3.0;\n// token = "{RANDOM}"\n') == [2]


@pytest.mark.parametrize(
    "text",
    [
        'account: "111122223333"',
        'subscription: "7e4a47aa-1111-4222-8333-000000000001"',
        "cost_centre: CC-2040",
        'source_networks: ["192.0.2.0/24"]',
        "principal: arn:aws:iam::999900001111:role/break-glass",
        "url: https://token.actions.githubusercontent.com",
        f"{'AKIA'}REHEARSALONLY000",
        f"{'AKIA'}IOSFODNN7EXAMPLE",
        "qubit[2] q; h q[0]; cx q[0], q[1];",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    assert lines("stacks/Pulumi.x.yaml", text) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_hide_nothing(encoding: str) -> None:
    assert lines("x.txt", f"\n{AWS_ID}\n".encode(encoding)) == [2]


@pytest.mark.parametrize("data", [b"\0\0\0", b"\xff\xfe\xff", b"\x89PNG\r\n\x1a\n"])
def test_bytes_that_are_no_text_hide_nothing(data: bytes) -> None:
    assert lines("x.png", data + b"\n" + AWS_ID.encode()) != []


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_hides_no_key_of_a_known_kind(encode: Any) -> None:
    told = encode(f"[default]\naws_access_key_id = {AWS_ID}\n".encode()).decode()
    (hit,) = hits("docs/a.md", f"see\n{told}\n".encode())
    assert (hit.line, hit.kind) == (2, "AWS Access Key in base64")


def _notebook(source: list[str], outputs: list[Any] | None = None) -> bytes:
    cell = {"cell_type": "code", "id": RANDOM, "source": source, "outputs": outputs or [], "metadata": {}}
    return json.dumps({"cells": [cell], "nbformat": 4}, indent=1).encode()


def test_a_notebooks_cells_and_outputs_are_read() -> None:
    data = _notebook(["x = 1\n", f'api_key = "{RANDOM}"\n'], [{"data": {"text/plain": [f"'{AWS_ID}'"]}}])
    text = data.decode().split("\n")
    found = lines("n.ipynb", data)
    assert [text[line - 1].strip()[:7] for line in found] == ['"api_ke', f"\"'{AWS_ID}'"[:7]]
    assert lines("n.ipynb", json.dumps(json.loads(data))) == [1], "on one line, too"


def test_escapes_in_a_notebook_hide_nothing() -> None:
    data = _notebook(["x"]).replace(
        b'"x"', b'"' + "".join(f"\\u{ord(sign):04x}" for sign in AWS_ID).encode() + b'"'
    )
    assert AWS_ID.encode() not in data
    assert lines("n.ipynb", data) != []


def test_pictures_are_no_secrets() -> None:
    picture = base64.b64encode(bytes(range(256)) * 8).decode()
    assert lines("n.ipynb", _notebook(["x"], [{"data": {"image/png": picture}}])) == []


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"cells": 3}', b"[" * 100_000])
def test_what_is_no_notebook_is_read_as_text(data: bytes) -> None:
    assert lines("n.ipynb", data + b"\n" + AWS_ID.encode()) == [2]


@pytest.mark.parametrize(
    "form", ["{0}\n{1}\n{1}", "'{0}\\n'\n  '{1}'\n  '{1}'", "# {0}\n# Proc-Type: 4\n#\n# {1}\n# {1}"]
)
def test_private_keys_in_any_form(form: str) -> None:
    begin, material = PRIVATE[:31], PRIVATE[31:55]
    assert lines("docs/a.md", "x\n" + form.format(begin, material)) == [2]
    assert lines("docs/a.md", f"a key begins with {begin}, and ends with the same") == []


def test_certificates_are_no_secrets() -> None:
    certificate = "MIIC" + "b7Zx9Q2k" * 40 + "aa=="
    assert lines("stacks/identity/saml.xml", f"<X509Certificate>{certificate}</X509Certificate>") == []


def test_a_long_line_is_looked_at_in_short_pieces() -> None:
    """Some detectors are quadratic in what they are given."""
    line = "".join(chr(ord("a") + number % 26) for number in range(50_001))
    pieces = list(_pieces(line))
    assert max(map(len, pieces)) == 2000
    assert all(any(line[at : at + 500] in piece for piece in pieces) for at in range(0, 49_500, 97))


def test_a_secret_across_two_windows_of_a_long_line_is_found() -> None:
    for before in range(1480, 2020, 10):
        assert lines("docs/a.md", "x " * (before // 2) + AWS_ID + " y" * 2000) == [1]


def test_nothing_is_asked_over_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: Any, **more: Any) -> Any:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    text = "\n".join((*KNOWN, f"secret_access_key = '{'a' * 40}'"))
    assert hits("stacks/x.yaml", text.encode())
