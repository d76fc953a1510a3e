"""A project with a notebook, in an environment with a private network: up, again, and away."""

from __future__ import annotations

import json
from collections.abc import Callable

from rehearsal.aws.clients import Cloud
from rehearsal.local_cloud import LocalCloud
from tests.qlz.conftest import Workplace

NETWORK = '    network: {cidr: "10.30.0.0/20"}\n'
RETENTION = "    retention:\n"


def test_a_notebook_comes_up_closed_and_goes_again(make_workplace: Callable[[], Workplace]) -> None:
    work = make_workplace()
    asked = "    notebooks: {idle_minutes: 30}\n    results:\n"
    work.edit("stacks/Pulumi.optimus-dev.yaml", "    results:\n", asked)
    refused = work.qlz("rehearse", "preview", "optimus-dev")
    assert refused.code == 2
    assert "live in a private network" in refused.err

    work.edit("stacks/Pulumi.dev.yaml", RETENTION, NETWORK + RETENTION)
    ran = work.qlz("rehearse", "up", "dev", "optimus-dev", "--json")
    assert ran.code == 0, ran.err
    cloud = LocalCloud.find(work.home / "embedded")
    assert cloud is not None
    look = Cloud(cloud.endpoint, "222233334444").client("sagemaker", "eu-west-2")
    found = look.describe_notebook_instance(NotebookInstanceName="amazon-braket-optimus-dev")
    assert (found["DirectInternetAccess"], found["RootAccess"]) == ("Disabled", "Disabled")
    assert found["RoleArn"].endswith("/qlz-optimus-dev-notebook")
    assert found["KmsKeyId"] == ran.document["stacks"][1]["outputs"]["keyArn"]
    again = work.qlz("rehearse", "preview", "dev", "optimus-dev", "--json")
    assert again.code == 0, again.err
    assert all(set(stack["changes"]) == {"same"} for stack in again.document["stacks"])

    gone = work.qlz("rehearse", "destroy", "optimus-dev", "--decommission", "--json")
    assert gone.code == 0, gone.err
    assert "amazon-braket-optimus-dev" not in json.dumps(look.list_notebook_instances()["NotebookInstances"])
