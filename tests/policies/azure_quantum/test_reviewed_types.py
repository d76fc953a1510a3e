from __future__ import annotations

from policy_packs.controls.azure_quantum.reviewed_types import CONTROL
from tests.policies.azure_quantum.things import ENVIRONMENT, PROJECT, account, az
from tests.policies.support import ENVIRONMENT as ON_AWS
from tests.policies.support import UNREADABLE, Case, Cases, Res, analyze

CASES = Cases(CONTROL, PROJECT)

CASES.passes("reviewed", account())
CASES.passes("a provider", Res("pulumi:providers:azure-native", {}))
CASES.passes("a component", Res("acme:innocent:Wrap", {}, provider=None))
CASES.fails("not reviewed", az("compute:VirtualMachine", {}), "not a type this landing zone has reviewed")
CASES.fails("an exemption", az("authorization:PolicyExemption", {}), "not a type", declared=ENVIRONMENT)
CASES.fails("a table of a log", az("operationalinsights:Table", {}), "not a type", declared=ENVIRONMENT)
CASES.fails("an old version", az("storage/v20230101:StorageAccount", {}), "not a type")
for anything in (
    "Deployment",
    "DeploymentStackAtResourceGroup",
    "Resource",
    "AzureCliScript",
    "TemplateSpec",
):
    CASES.fails(f"anything, by {anything}", az(f"resources:{anything}", {}), "not a type")
CASES.fails("Azure in a stack on AWS", account(), "describes a stack on AWS", declared=ON_AWS)
CASES.fails("AWS in a stack on Azure", Res("aws:s3/bucket:Bucket", {}), "describes a stack on Azure")
CASES.fails("its provider", Res("pulumi:providers:aws", {}), "describes a stack on Azure")


def test_an_unreadable_stack_is_not_decided() -> None:
    (found,) = analyze([CONTROL], account(), UNREADABLE)
    assert "cannot be decided" in found.message


CASES.unreadable(account())


def test_case(case: Case) -> None:
    case.check()
