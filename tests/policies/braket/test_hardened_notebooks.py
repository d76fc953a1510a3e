from __future__ import annotations

from typing import Any

from policy_packs.controls.braket.hardened_notebooks import CONTROL
from tests.policies.support import ACCOUNT, UNKNOWN, Case, Cases, Res, secret

CASES = Cases(CONTROL)
NOTEBOOK = "aws:sagemaker/notebookInstance:NotebookInstance"
SCRIPTS = "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/qlz/sandbox/qlz-sandbox-boundary"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/qlz/sandbox/notebook"
ROLE = Res(
    "aws:iam/role:Role",
    {"path": "/qlz/sandbox/", "name": "notebook", "permissionsBoundary": BOUNDARY},
    name="role",
)
PLACE = Res("pulumi:pulumi:StackReference", name="environment", provider=None)


def notebook(refs: dict[str, list[str]] | None = None, **props: Any) -> Res:
    said = {
        "directInternetAccess": "Disabled",
        "rootAccess": "Disabled",
        "instanceMetadataServiceConfiguration": {"minimumInstanceMetadataServiceVersion": "2"},
        "kmsKeyId": f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1",
        "subnetId": "subnet-1",
        "securityGroups": ["sg-1"],
        "roleArn": ROLE_ARN,
        **props,
    }
    behind = {"subnetId": ["environment"], "securityGroups": ["environment"]} if refs is None else refs
    return Res(NOTEBOOK, said, name="notebook", refs=behind)


def closed(**props: Any) -> list[Res]:
    return [PLACE, ROLE, notebook(**props)]


CASES.passes("closed off", closed())
CASES.passes(
    "role to come",
    [
        PLACE,
        ROLE,
        notebook(
            {"subnetId": ["environment"], "securityGroups": ["environment"], "roleArn": ["role"]},
            roleArn=UNKNOWN,
        ),
    ],
)
CASES.passes("scripts that stop it", Res(SCRIPTS, {"onStart": "ZWNobyBoaQ=="}))
CASES.fails("internet as AWS gives it", closed(directInternetAccess=None), "reaches the internet")
CASES.fails("internet", closed(directInternetAccess="Enabled"), "reaches the internet")
CASES.fails("root as AWS gives it", closed(rootAccess=None), "its user is root")
CASES.fails("root", closed(rootAccess="Enabled"), "its user is root")
CASES.fails("metadata as AWS gives it", closed(instanceMetadataServiceConfiguration=None), "IMDSv1")
OLD = {"minimumInstanceMetadataServiceVersion": "1"}
CASES.fails("metadata", closed(instanceMetadataServiceConfiguration=OLD), "IMDSv1")
CASES.fails("no key", closed(kmsKeyId=None), "not encrypted with a key of ours")
CASES.fails("no subnet", closed(subnetId=None), "lies in no subnet")
CASES.fails("no group", closed(securityGroups=[]), "has no security group")
CASES.fails("somebody's role", closed(roleArn=f"arn:aws:iam::{ACCOUNT}:role/admin"), "not one of this stack")
FREE = Res("aws:iam/role:Role", {"path": "/qlz/sandbox/", "name": "notebook"}, name="role")
CASES.fails("a role without limits", [PLACE, FREE, notebook()], "under no permission boundary")
CASES.fails(
    "code from elsewhere", closed(defaultCodeRepository="https://example.org/x.git"), "code from elsewhere"
)
CASES.fails("secret in a script", Res(SCRIPTS, {"onStart": secret("cGFzc3dvcmQ=")}), "holds a secret")
CASES.unknown("somebody's subnet", [PLACE, ROLE, notebook({})], "comes from neither this stack")
CASES.unknown("perhaps root", closed(rootAccess=UNKNOWN), "rootAccess is unknown")
CASES.unknown(
    "perhaps on the internet", closed(directInternetAccess=UNKNOWN), "directInternetAccess is unknown"
)


def test_case(case: Case) -> None:
    case.check()
