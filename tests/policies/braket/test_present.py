from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.aws import (
    ACCOUNT_ACCESS,
    ALIAS,
    ATTACHMENT,
    BUCKET,
    BUDGET,
    EXTERNAL_KEY,
    KEY,
    POLICY,
    ROLE,
    ROLE_POLICY,
    SAML_PROVIDER,
    SUBSCRIPTION,
    TOPIC,
    TOPIC_POLICY,
)
from policy_packs.controls.braket.present import (
    CONTROL,
    COST_TAG,
    ORGANIZATION_ATTACHMENT,
    ORGANIZATION_POLICY,
)
from tests.policies.declared.specs import SPEC
from tests.policies.support import ENVIRONMENT, PROJECT, Case, Cases, Res

HOME = replace(ENVIRONMENT, label="sandbox")
ABOVE = replace(ENVIRONMENT, kind="organization")
CASES = Cases(CONTROL)
PARTS = (Res(BUCKET, name="store"), Res(KEY, name="key"), Res(ALIAS, name="alias"))
SHARED = (
    Res(ACCOUNT_ACCESS, name="account"),
    Res(TOPIC, name="topic"),
    Res(TOPIC_POLICY, name="speaks"),
    Res(SUBSCRIPTION, name="told"),
    Res(POLICY, {"name": "qlz-sandbox-boundary"}, name="boundary"),
    Res(ROLE, {"name": "qlz-sandbox-responder", "path": "/qlz/sandbox/"}, name="responder"),
    Res(ATTACHMENT, {"role": "qlz-sandbox-responder", "policyArn": "x"}, name="may freeze"),
    Res(SAML_PROVIDER, name="people"),
)
LOCKS = (
    Res(ORGANIZATION_POLICY, name="lock"),
    Res(ORGANIZATION_ATTACHMENT, name="held"),
    Res(COST_TAG, name="tag"),
)
WITHOUT = {
    "account": "no public access block",
    "topic": "no topic",
    "speaks": "no policy on who may speak",
    "told": "nobody who is told",
    "boundary": "no permission boundary",
    "responder": "it has no role qlz-sandbox-responder",
    "may freeze": "it has no policy, so nobody could freeze",
    "people": "no identity provider",
}


def but(parts: tuple[Res, ...], name: str) -> tuple[Res, ...]:
    return tuple(each for each in parts if each.name != name)


CASES.passes("a project", PARTS)
CASES.passes("an environment", SHARED, HOME)
CASES.passes("the organization", LOCKS, ABOVE)
CASES.passes("on its way out", (), replace(PROJECT, lifecycle="decommissioned"))
CASES.passes("no key where the tier asks for none", PARTS[:1], replace(PROJECT, customer_key=False))
CASES.passes("own material that no tier asks for", (*PARTS[::2], Res(EXTERNAL_KEY)))
CASES.passes(
    "nobody comes in who could freeze",
    tuple(each for each in SHARED if each.name not in ("responder", "may freeze", "people")),
    replace(HOME, saml=""),
)
CASES.passes("own material", (*PARTS[::2], Res(EXTERNAL_KEY)), replace(PROJECT, own_key=True))
CASES.fails("no store", PARTS[1:], "no store for results")
CASES.fails("no key", but(PARTS, "key"), "no key of its own")
CASES.fails(
    "a key of AWS where it is to be one's own", PARTS, "no key of its own", replace(PROJECT, own_key=True)
)
CASES.fails("no alias", but(PARTS, "alias"), "no name for its key")
for part, says in WITHOUT.items():
    CASES.fails(f"an environment without {part}", but(SHARED, part), says, HOME)
CASES.fails("no lock above", LOCKS[1:], "no region lock above", ABOVE)
CASES.fails("costs are one", LOCKS[:2], "by which costs are told apart", ABOVE)
CASES.fails("no account locked", LOCKS[::2], "no account that", ABOVE)
TRAIL = Res(ROLE, {"name": "qlz-sandbox-trail", "path": "/qlz/sandbox/"}, name="trail")
WRITES = Res(ROLE_POLICY, {"role": "qlz-sandbox-trail", "policy": "{}"}, name="writes")
CASES.passes("the trail reaches its log", (*SHARED, TRAIL, WRITES), HOME)
CASES.fails("the trail reaches nothing", (*SHARED, TRAIL), "does not reach the log", HOME)
PAID = replace(PROJECT, spec=replace(SPEC, budget="100"))
CASES.passes("a budget", (*PARTS, Res(BUDGET)), PAID)
CASES.fails("no budget", PARTS, "the stack file agrees on one", PAID)
CASES.unreadable(PARTS)


def test_case(case: Case) -> None:
    case.check()
