from __future__ import annotations

from policy_packs.controls.braket.key_alias import CONTROL
from tests.policies.support import ENVIRONMENT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
KEY = Res("aws:kms/key:Key", {"keyId": UNKNOWN}, name="key")


def alias(target: str, *behind: str, name: str = "alias/qlz/sandbox/optimus") -> Res:
    return Res("aws:kms/alias:Alias", {"name": name, "targetKeyId": target}, refs={"targetKeyId": behind})


CASES.passes("alias by reference", [KEY, alias(UNKNOWN, "key")])
CASES.passes("alias by value", [Res("aws:kms/key:Key", {"keyId": "1234"}, name="key"), alias("1234")])
CASES.passes("no key at all", [])
CASES.fails("key without", [KEY], "it has no alias")
CASES.fails(
    "alias of another key", [KEY, alias("arn:aws:kms:eu-west-2:999999999999:key/1")], "not of this stack"
)
CASES.fails(
    "alias elsewhere", [KEY, alias(UNKNOWN, "key", name="alias/other")], "not alias/qlz/sandbox/optimus"
)
for taken in ("alias/qlz/sandbox/borealis", "alias/qlz/sandbox/optimus-two", "alias/qlz/dev/optimus"):
    CASES.fails(f"alias {taken}", [KEY, alias(UNKNOWN, "key", name=taken)], "or below it")
CASES.passes("a second key", [KEY, alias(UNKNOWN, "key", name="alias/qlz/sandbox/optimus/archive")])
CASES.passes(
    "an environment's", [KEY, alias(UNKNOWN, "key", name="alias/qlz/sandbox/_trail")], declared=ENVIRONMENT
)
CASES.fails(
    "an environment's elsewhere",
    [KEY, alias(UNKNOWN, "key", name="alias/x")],
    "or below",
    declared=ENVIRONMENT,
)
CASES.unknown("alias's name unknown", [KEY, alias(UNKNOWN, "key", name=UNKNOWN)], "name is unknown")

EXTERNAL = "aws:kms/externalKey:ExternalKey"
OWN = Res(EXTERNAL, {"arn": "arn:aws:kms:eu-west-2:111122223333:key/12-34"}, name="own")
CASES.passes("own material by reference", [Res(EXTERNAL, name="own"), alias(UNKNOWN, "own")])
CASES.passes("own material by its id", [OWN, alias("12-34")])
CASES.fails("own material without", [OWN], "it has no alias")
CASES.fails("the end of an id", [OWN, alias("34")], "not of this stack")


def test_case(case: Case) -> None:
    case.check()
