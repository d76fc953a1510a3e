from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.declared.lives_in import CONTROL
from tests.policies.azure_quantum import things
from tests.policies.support import ENVIRONMENT, UNKNOWN, Case, Cases, Res

TOLD = {
    "dataLivesIn": "Results live in the bucket b in eu-west-2 and end after 30 days.",
    "keysLiveIn": "The project's key lives in AWS KMS in eu-west-2 and rotates.",
    "logsLiveIn": "Every request is in the environment's audit trail.",
}
CASES = Cases(CONTROL)


def root(**changes: object) -> Res:
    return Res("pulumi:pulumi:Stack", {**TOLD, **changes}, name="qlz-mine", provider=None)


CASES.passes("one sentence each", root())
CASES.passes("the organization holds nothing", (), replace(ENVIRONMENT, kind="organization"))
CASES.passes(
    "an environment's data is its projects'",
    root(dataLivesIn="Results live in the projects' own buckets."),
    ENVIRONMENT,
)
CASES.fails("nothing of keys", root(keysLiveIn=None), "where its keys live")
CASES.fails("a word", root(logsLiveIn="somewhere"), "where its logs live")
CASES.fails("not where", root(), "does not name westeurope", things.PROJECT)
CASES.unknown("it follows from what the cloud assigns", root(dataLivesIn=UNKNOWN), "dataLivesIn is unknown")
CASES.unknown("the engine shows none", (), "the engine shows no stack")
STORE = Res("aws:s3/bucket:Bucket", {"bucket": "amazon-braket-optimus"}, name="store")
ALIAS = Res("aws:kms/alias:Alias", {"name": "alias/optimus"}, name="alias")
NAMED = {
    "dataLivesIn": "Results live in the bucket amazon-braket-optimus in eu-west-2.",
    "keysLiveIn": "The project's key alias/optimus lives in AWS KMS in eu-west-2.",
}
CASES.passes("by name", (root(**NAMED), STORE, ALIAS))
CASES.fails("another store", (root(), STORE), "names none of amazon-braket-optimus")
CASES.fails("another key", (root(), ALIAS), "names none of alias/optimus")


def test_case(case: Case) -> None:
    case.check()
