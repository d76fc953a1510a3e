from __future__ import annotations

import json

from policy_packs.controls.braket.tags import CONTROL, PROJECT_TAGS
from tests.policies.support import ENVIRONMENT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
TAGS = {**dict.fromkeys(PROJECT_TAGS, "x"), "project": "optimus"}
DEFAULTS = {"region": "eu-west-2", "defaultTags": json.dumps({"tags": TAGS})}


def key(tags: object, provider: dict[str, str] | None = None) -> Res:
    return Res("aws:kms/key:Key", {"tags": tags}, provider=provider or {"region": "eu-west-2"})


CASES.passes("all tags", key(TAGS))
CASES.passes("all by the provider", key(None, DEFAULTS))
CASES.passes(
    "an environment needs fewer",
    key({"environment": "e", "owner": "o", "cost-centre": "c"}),
    declared=ENVIRONMENT,
)
CASES.passes("what takes no tags", Res("aws:kms/alias:Alias"))
CASES.fails("none", key(None), "it carries no tag owner")
CASES.fails(
    "other case", key({**{k: v for k, v in TAGS.items() if k != "owner"}, "Owner": "x"}), "no tag owner"
)
CASES.fails("empty", key({**TAGS, "cost-centre": " "}), "it carries no tag cost-centre")
CASES.fails("another project's", key({**TAGS, "project": "other"}), "its tag project is 'other'")
CASES.unknown("one unknown", key({**TAGS, "owner": UNKNOWN}), "owner is unknown")
CASES.unknown("all unknown", key(UNKNOWN), "tags.owner is unknown")


def test_case(case: Case) -> None:
    case.check()
