from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.aws import KEY
from policy_packs.controls.braket.key_revocable import CONTROL
from tests.policies.support import ACCOUNT, PROJECT, UNKNOWN, Case, Cases, Res, allow, deny, policy

CASES = Cases(CONTROL)
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/qlz-sandbox-project-apply"


def key(*statements: dict[str, object]) -> Res:
    return Res(KEY, {"policy": policy(*statements)})


def admin(actions: object, who: str = ADMIN) -> dict[str, object]:
    return allow(actions, "*", Principal={"AWS": "*"}, Condition={"ArnEquals": {"aws:PrincipalArn": who}})


CASES.passes("a named role", key(admin(["kms:DisableKey", "kms:RevokeGrant"])))
CASES.passes("by principal", key(allow("kms:*", "*", Principal={"AWS": ADMIN})))
CASES.fails("nobody", key(admin("kms:DescribeKey")), "lets no named role use kms:DisableKey")
CASES.fails("grants stay", key(admin("kms:DisableKey")), "use kms:RevokeGrant")
CASES.fails(
    "the account as a whole",
    key(allow("kms:*", "*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
    "lets no named role",
)
CASES.passes(
    "the account as a whole, where it has no role to name",
    key(allow("kms:*", "*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
    replace(PROJECT, unmanned=True),
)
CASES.fails(
    "denied to all, where it has no role to name",
    key(allow("kms:*", "*", Principal={"AWS": "*"}), deny("kms:Disable*", Principal="*")),
    "denies kms:DisableKey to everybody",
    replace(PROJECT, unmanned=True),
)
CASES.fails("any role", key(admin("kms:*", f"arn:aws:iam::{ACCOUNT}:role/*")), "lets no named role")
CASES.fails(
    "denied to all",
    key(admin("kms:*"), deny("kms:Disable*", Principal="*")),
    "denies kms:DisableKey to everybody",
)
CASES.fails("no policy", Res(KEY, {}), "has no policy of its own")
CASES.unknown("unknown", Res(KEY, {"policy": UNKNOWN}), "policy is unknown")


def test_case(case: Case) -> None:
    case.check()
