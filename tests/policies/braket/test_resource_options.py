from __future__ import annotations

from policy_packs.controls.aws import BUCKET, BUCKET_POLICY, ROLE
from policy_packs.controls.braket.resource_options import CONTROL
from tests.policies.support import Case, Cases, Res

CASES = Cases(CONTROL)
HERE = "urn:pulumi:sandbox::qlz::qlz:braket:Project$"


def role(*aliases: str, ignored: tuple[str, ...] = ()) -> Res:
    return Res(ROLE, {"name": "x"}, aliases=aliases, ignored=ignored)


CASES.passes("as it is", role())
CASES.passes("an earlier name", role(f"{HERE}{ROLE}::before"))
CASES.passes(
    "an earlier generation, as the SDK says",
    Res(BUCKET, aliases=(f"{HERE}aws:s3/bucketV2:BucketV2::probe",)),
)
CASES.passes(
    "a version of its type, as the SDK says",
    Res(
        "azure-native:keyvault:Vault",
        aliases=(f"{HERE}azure-native:keyvault/v20230201:Vault::probe",),
        provider_type="pulumi:providers:azure-native",
    ),
)
for prop in ("policy", "assumeRolePolicy", "tags", "*"):
    CASES.fails(f"{prop} stays as it was", role(ignored=(prop,)), f"changes of {prop} are ignored")
CASES.fails(
    "settings of a provider stay as they were",
    Res("pulumi:providers:aws", ignored=("allowedAccountIds",)),
    "changes of allowedAccountIds are ignored",
)
CASES.fails("a guard becomes a role", role(f"{HERE}{BUCKET_POLICY}::public"), "of another kind")
CASES.fails("one of another provider", role(f"{HERE}azure-native:authorization:Role::x"), "of another kind")
CASES.fails(
    "one of another stack", role(f"urn:pulumi:prod::qlz::{ROLE}::x"), "is of another stack or project"
)
CASES.fails("one of another project", role(f"urn:pulumi:sandbox::other::{ROLE}::x"), "is of another stack")
CASES.fails("no URN at all", role("x"), "is of another stack or project")
CASES.unreadable(role())


def test_case(case: Case) -> None:
    case.check()
