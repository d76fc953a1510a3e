from __future__ import annotations

import json
from dataclasses import replace

import pytest

from policy_packs.controls.braket.tags import CONTROL
from tests.policies.declared import specs
from tests.policies.support import ENVIRONMENT, UNKNOWN, Case, Cases, Res, secret

PROJECT = replace(specs.PROJECT, environment="prod", spec=specs.SPEC)
CASES = Cases(CONTROL, PROJECT)
TAGS = {
    "environment": "prod",
    "owner": "optimus-team@example.org",
    "cost-centre": "CC-2040",
    "project": "optimus",
    "tier": "regulated-production",
    "classification": "internal",
    "end-date": "2029-10-31",
}
ABOVE = {"environment": "prod-optimus", "owner": "quantum-platform@example.org", "cost-centre": "CC-1003"}
SHARED = replace(ENVIRONMENT, label="prod-optimus", spec=specs.ENVIRONMENT_SPEC)
DEFAULTS = {"region": "eu-west-2", "defaultTags": json.dumps({"tags": TAGS})}


def key(tags: object, provider: dict[str, str] | None = None) -> Res:
    return Res("aws:kms/key:Key", {"tags": tags}, provider=provider or {"region": "eu-west-2"})


CASES.passes("all tags", key(TAGS))
CASES.passes("all by the provider", key(None, DEFAULTS))
CASES.passes("a secret one", key({**TAGS, "owner": secret(TAGS["owner"])}))
CASES.passes("an environment needs fewer", key(ABOVE), declared=SHARED)
CASES.passes("what takes no tags", Res("aws:kms/alias:Alias"))
CASES.fails("none", key(None), "it carries no tag owner")
CASES.fails(
    "other case", key({**{k: v for k, v in TAGS.items() if k != "owner"}, "Owner": "x"}), "no tag owner"
)
CASES.fails("empty", key({**TAGS, "cost-centre": " "}), "it carries no tag cost-centre")
CASES.fails("a number", key({**TAGS, "cost-centre": 2040}), "it carries no tag cost-centre")
CASES.fails("another project's", key({**TAGS, "project": "other"}), "its tag project is 'other'")
CASES.fails("its own goes before the provider's", key({"owner": "x"}, DEFAULTS), "its tag owner is 'x'")
CASES.fails("another by a secret", key({**TAGS, "owner": secret("x")}), "its tag owner is [secret]")
CASES.fails("another environment's", key({**ABOVE, "owner": "x"}), "its tag owner is 'x'", declared=SHARED)
CASES.unknown("one unknown", key({**TAGS, "owner": UNKNOWN}), "owner is unknown")
CASES.unknown("all unknown", key(UNKNOWN), "tags.owner is unknown")
CASES.unknown("nobody read the spec", key(TAGS), "was not read", declared=replace(PROJECT, spec=None))


def test_case(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("tag", TAGS)
def test_no_tag_says_another_than_the_charter(tag: str) -> None:
    Case(CONTROL, "fail", tag, (key({**TAGS, tag: "x"}),), f"its tag {tag} is 'x'", CASES.facts).check()


@pytest.mark.parametrize("tag", ABOVE)
def test_no_tag_of_an_environment_says_another(tag: str) -> None:
    CASES.fails(tag, key({**ABOVE, tag: "x"}), f"its tag {tag} is 'x'", declared=SHARED)
    CASES.all.pop().check()
