from __future__ import annotations

import base64

from policy_packs.controls.braket.plain_secrets import _ANY, _MARKS, _SHORTEST, CONTROL
from tests.policies.support import Case, Cases, Res, secret

CASES = Cases(CONTROL)
NEVER_UNKNOWN = "what is unknown is made by the cloud, and no secret that stands in a program"
# Put together here, so that no scanner of files takes them for real.
KEY_ID = "AKIA" + "IOSFODNN7EXAMPLE"
PEM = "-----BEGIN RSA " + "PRIVATE KEY-----"


def scripts(text: object) -> Res:
    return Res("aws:sagemaker/x:X", {"onStart": text, "size": 3})


CASES.passes("nothing of the kind", scripts("#!/bin/sh\necho ready"))
CASES.passes("kept as a secret", scripts(secret(KEY_ID)))
CASES.passes("a certificate is no secret", scripts("-----BEGIN CERTIFICATE-----"))
CASES.fails("an access key", scripts(f"export AWS_ACCESS_KEY_ID={KEY_ID}"), "onStart holds an AWS access key")
CASES.fails("deep inside", Res("azure-native:x:Y", {"settings": [{"value": PEM}]}), "holds a private key")
CASES.fails("a token", scripts("ghp_" + "a1" * 20), "a token of GitHub")
CASES.fails(
    "a signature",
    scripts("https://x.blob.core.windows.net/c?sv=1&sig=" + "a1" * 15),
    "a shared access signature",
)


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SCRIPT = f"#!/bin/bash\nexport AWS_ACCESS_KEY_ID={KEY_ID}\n"
CASES.fails("in base64", scripts(in_base64(SCRIPT)), "onStart holds an AWS access key")
CASES.fails("in base64 twice", scripts(in_base64(in_base64(SCRIPT))), "onStart holds an AWS access key")
CASES.fails(
    "in base64 for addresses, with lines and without an end",
    scripts(
        base64.urlsafe_b64encode(SCRIPT.encode()).decode().rstrip("=")[:40] + "\n" + in_base64(SCRIPT)[40:]
    ),
    "onStart holds an AWS access key",
)
CASES.fails(
    "a key of a tag", Res("aws:x:Y", {"tags": {KEY_ID: "x"}}), "a key in tags holds an AWS access key"
)
CASES.fails("a key of a secret", scripts({KEY_ID: secret("x")}), "a key in onStart holds an AWS")
CASES.passes("a key within a secret", scripts(secret({KEY_ID: "x"})))
CASES.fails("a key within one", Res("aws:x:Y", {KEY_ID: {KEY_ID: "x"}}), "a key in … holds an AWS")
CASES.fails("a name of a property", Res("aws:x:Y", {KEY_ID: "x"}), "a key in its properties holds an AWS")
CASES.passes("a harmless script in base64", scripts(in_base64("#!/bin/sh\necho ready, steady, go")))
CASES.passes("a long name", scripts("qlz-optimus-sandbox-researcher-submit"))


def test_the_secret_itself_is_not_said() -> None:
    for case in CASES.all:
        assert KEY_ID not in str(case.messages()), case.name


def test_case(case: Case) -> None:
    case.check()


def test_a_text_without_a_mark_holds_no_form() -> None:
    """What is looked for first must stand in whatever each form matches."""
    samples = [
        KEY_ID,
        KEY_ID.replace("AKIA", "ASIA"),
        PEM,
        "AccountKey=" + "a" * 44,
        "x?sig=" + "a" * 24,
        "ghp_" + "a" * 36,
        "github_pat_" + "a" * 36,
        "glpat-" + "a" * 24,
        "eyJ" + "a" * 12 + ".eyJ" + "a" * 12 + ".s",
        "xoxb-" + "a" * 12,
    ]
    for sample in samples:
        assert _ANY.search(sample), sample
        assert any(mark in sample for mark in _MARKS), sample
        assert len(sample) >= _SHORTEST
