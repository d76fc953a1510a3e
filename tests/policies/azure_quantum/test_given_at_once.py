from __future__ import annotations

from policy_packs.controls.azure_quantum.given_at_once import CONTROL
from policy_packs.controls.azure_quantum.least_privilege import ADMINISTRATORS
from tests.policies.azure_quantum.test_trust_policy import SUBJECT, credential
from tests.policies.azure_quantum.things import GROUP_ID, OTHER, PROJECT, ROLE, SCOPE, given
from tests.policies.support import UNKNOWN, Case, Cases

CASES = Cases(CONTROL, PROJECT)

CASES.passes("the pipeline's", credential())
CASES.passes("a credential to come, judged beside the others", credential(UNKNOWN))
CASES.passes("a group's", given(ROLE["submit"]))
CASES.passes("to whom is judged beside the identities", given(ROLE["submit"], OTHER))
CASES.passes("where is to come", given(ROLE["submit"], scope=UNKNOWN))
for guid, name in ADMINISTRATORS.items():
    CASES.fails(name, given(guid), f"it makes somebody {name}")
CASES.fails("somebody of nobody's", given(ROLE["plan"]), "which nobody is to have")
CASES.fails("an unknown role", given("00000000-0000-4000-8000-000000000000", UNKNOWN), "nobody is to have")
CASES.fails("everywhere", given(ROLE["submit"], UNKNOWN, SCOPE), "where nobody is to have it")
CASES.fails("beside", given(ROLE["submit"], scope=f"{GROUP_ID}x"), "where nobody is to have it")
CASES.fails("a pull request", credential("repo:example-org/catalyst:pull_request"), "it lets in")
CASES.fails("another's token", credential(SUBJECT, issuer="https://evil.example"), "it trusts")
CASES.fails("an identity for nobody", credential(identity="qlz-catalyst-sandbox-storage"), "it trusts")
CASES.fails("another audience", credential(audiences=("api://x",)), "its audience is not")
CASES.unreadable(given(ROLE["submit"]))


def test_case(case: Case) -> None:
    case.check()
