from __future__ import annotations

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


def test_the_secret_itself_is_not_said() -> None:
    (case,) = [case for case in CASES.all if case.name == "an access key"]
    assert KEY_ID not in str(case.messages())


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
