"""A freeze made directly in the cloud survives an `up` that changes the project (L6, I7)."""

from __future__ import annotations

from rehearsal.aws.clients import Cloud
from rehearsal.local_cloud import LocalCloud
from tests.qlz.conftest import Workplace

ACCOUNT, PROJECT = "111122223333", "optimus-sandbox"
FILE = f"stacks/Pulumi.{PROJECT}.yaml"


def test_a_freeze_survives_an_up(workplace: Workplace) -> None:
    ran = workplace.qlz("rehearse", "up", "sandbox", PROJECT, "--json")
    assert ran.code == 0, ran.err
    outputs = ran.document["stacks"][1]["outputs"]
    freeze = outputs["freezePolicyArn"]
    roles = [arn.rpartition("/")[2] for arn in outputs["roleArns"].values()]
    cloud = LocalCloud.find(workplace.home / "embedded")
    assert cloud is not None
    iam = Cloud(cloud.endpoint, ACCOUNT).client("iam", "us-east-1")

    def frozen() -> list[str]:
        attached = {
            role: {found["PolicyArn"] for found in answer["AttachedPolicies"]}
            for role in roles
            for answer in [iam.list_attached_role_policies(RoleName=role)]
        }
        return [role for role, policies in attached.items() if freeze in policies]

    assert len(roles) > 1
    assert frozen() == []
    for role in roles:  # as a responder does it
        iam.attach_role_policy(RoleName=role, PolicyArn=freeze)
    workplace.edit(FILE, "      - amazon/dm1\n", "")
    workplace.edit(FILE, "      retention_days: 90\n", "      retention_days: 60\n")

    ran = workplace.qlz("rehearse", "up", PROJECT, "--json")
    assert ran.code == 0, ran.err
    assert ran.document["stacks"][0]["changes"]["update"] > 1
    assert frozen() == roles
    again = workplace.qlz("rehearse", "preview", PROJECT, "--json")
    assert again.code == 0, again.err
    assert set(again.document["stacks"][0]["changes"]) == {"same"}, "and is no difference to it"


def test_a_frozen_project_is_thawed_before_it_goes(workplace: Workplace) -> None:
    ran = workplace.qlz("rehearse", "up", "sandbox", PROJECT, "--json")
    assert ran.code == 0, ran.err
    outputs = ran.document["stacks"][1]["outputs"]
    freeze, roles = outputs["freezePolicyArn"], outputs["roleArns"].values()
    cloud = LocalCloud.find(workplace.home / "embedded")
    assert cloud is not None
    iam = Cloud(cloud.endpoint, ACCOUNT).client("iam", "us-east-1")
    for arn in roles:
        iam.attach_role_policy(RoleName=arn.rpartition("/")[2], PolicyArn=freeze)
    ran = workplace.qlz("rehearse", "destroy", PROJECT, "--decommission", "--json")
    assert ran.code != 0
    assert "thaw it" in ran.out + ran.err
    assert [
        found["PolicyName"] for found in iam.list_policies(PathPrefix="/qlz/sandbox/optimus/")["Policies"]
    ]
    for arn in roles:  # as environment-apply does it
        iam.detach_role_policy(RoleName=arn.rpartition("/")[2], PolicyArn=freeze)
    ran = workplace.qlz("rehearse", "destroy", PROJECT, "--decommission", "--json")
    assert ran.code == 0, ran.err
