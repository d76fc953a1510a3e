from __future__ import annotations

import pytest

from policy_packs.controls.braket.no_long_lived_credentials import CONTROL
from policy_packs.controls.stack_facts import StackFacts
from tests.policies.support import PROJECT, REGION, UNKNOWN, Case, Cases, Res, analyze, secret

CASES = Cases(CONTROL)
NEVER_UNKNOWN = "that a credential is made, or given, is known even where its value is not"
PROVIDER = "pulumi:providers:aws"

CASES.passes("provider without credentials", Res(PROVIDER, {"region": REGION}))
CASES.passes("role", Res("aws:iam/role:Role", {}))
CASES.fails("user", Res("aws:iam/user:User", {"name": "mallory"}), "it is a user")
CASES.fails("access key", Res("aws:iam/accessKey:AccessKey", {"user": "mallory"}), "access key")
CASES.fails("password", Res("aws:iam/userLoginProfile:UserLoginProfile", {}), "password")
CASES.fails("ssh key", Res("aws:iam/sshKey:SshKey", {}), "long-lived key")
CASES.fails(
    "service credential", Res("aws:iam/serviceSpecificCredential:ServiceSpecificCredential", {}), "long-lived"
)
CASES.fails("policy of a user", Res("aws:iam/userPolicy:UserPolicy", {"policy": UNKNOWN}), "rights to a user")
CASES.fails("policy of a group", Res("aws:iam/groupPolicy:GroupPolicy", {}), "rights to users")
CASES.fails("certificates as credentials", Res("aws:rolesanywhere/profile:Profile", {}), "certificates")
CASES.fails("key in the provider", Res(PROVIDER, {"secretKey": "abc"}), "secretKey gives")
CASES.fails("unknown key in the provider", Res(PROVIDER, {"accessKey": UNKNOWN}), "accessKey gives")


def test_case(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("name", ["accessKey", "secretKey", "token"])
def test_a_secret_is_never_shown(name: str) -> None:
    found = analyze([CONTROL], Res(PROVIDER, {name: secret("hunter2")}), StackFacts(PROJECT))
    assert [name in each.message for each in found] == [True]
    assert "hunter2" not in str(found)
