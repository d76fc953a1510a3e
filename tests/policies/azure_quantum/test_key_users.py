from __future__ import annotations

from policy_packs.controls.azure_quantum.key_users import CONTROL
from tests.policies.azure_quantum.things import (
    ENVIRONMENT,
    KEEPERS,
    PROJECT,
    ROLE,
    WRAPS,
    az,
    given,
    identity,
)
from tests.policies.support import UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, PROJECT)
KEYS = "Microsoft.KeyVault/vaults/keys"


def definition(*data: str) -> Res:
    return az("authorization:RoleDefinition", {"permissions": [{"dataActions": list(data)}]})


CASES.passes(
    "apart",
    [given(ROLE["administer-keys"], KEEPERS), identity("storage", "s"), given(WRAPS, "s", name="w")],
)
CASES.passes("administers", definition(f"{KEYS}/rotate/action", f"{KEYS}/read"), declared=ENVIRONMENT)
CASES.fails(
    "both",
    [given(ROLE["administer-keys"], KEEPERS), given(WRAPS, KEEPERS, name="w")],
    "and uses them",
)
CASES.fails(
    "rotates and uses",
    [given(ROLE["rotate-key"], KEEPERS), given(WRAPS, KEEPERS, name="w")],
    "and uses them",
)
for verb in ("decrypt", "unwrap", "export", "sign"):
    CASES.fails(verb, definition(f"{KEYS}/{verb}/action"), "uses keys", declared=ENVIRONMENT)
CASES.fails("in another case", definition(f"{KEYS}/DECRYPT/action"), "uses keys", declared=ENVIRONMENT)
CASES.fails("all of it", definition(f"{KEYS}/*"), "uses keys", declared=ENVIRONMENT)
CASES.fails("everything", definition("*"), "uses keys", declared=ENVIRONMENT)
CASES.unknown(
    "what",
    az("authorization:RoleDefinition", {"permissions": UNKNOWN}),
    "permissions is unknown",
    ENVIRONMENT,
)


def test_case(case: Case) -> None:
    case.check()
