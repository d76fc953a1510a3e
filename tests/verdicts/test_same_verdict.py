"""`qlz check`, the embedded engine's preview and the Pulumi CLI's say the same of the same stacks.

The same set of (control, resource, level), of stacks that comply and of stacks whose program adds what does
not: of both clouds, environments and a project whose environment is up.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from tests.qlz.conftest import Ran, Workplace

pytestmark = [
    pytest.mark.cli,
    pytest.mark.cloud,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH"),
]
Verdicts = set[tuple[str, str, str]]
BUILT = "        return await build(loaded)\n"
ADDED = "        exports = await build(loaded)\n        add(pulumi.get_stack())\n        return exports\n"
WRONG = '''

def add(stack):
    """What nobody may add."""
    import json
    if stack.startswith(("azure-", "catalyst-")):
        import pulumi_azure_native as azure
        tenant, subscription = "7e4a47aa-0000-4000-8000-000000000001", "b4c0a9e8-52d7-4f36-8e1b-9a7c6d5e4f01"
        second = azure.Provider("second", tenant_id=tenant, subscription_id=subscription)
        opts = pulumi.ResourceOptions(provider=second)
        azure.storage.StorageAccount(
            "open", account_name="openaccount", resource_group_name="mine", location="eastus", opts=opts,
            kind="StorageV2", sku={"name": "Standard_GRS"}, allow_blob_public_access=True,
        )
        azure.managedidentity.UserAssignedIdentity(
            "another", resource_name_="another", resource_group_name="mine", location="westeurope", opts=opts
        )
        return
    import pulumi_aws as aws
    opts = pulumi.ResourceOptions(provider=aws.Provider("second", region="us-east-1"))
    bucket = aws.s3.Bucket("naked", bucket="naked", force_destroy=True, opts=opts)
    grant = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    aws.s3.BucketPolicy("open", bucket=bucket.bucket, policy=json.dumps({"Statement": everybody}), opts=opts)
    late = bucket.bucket_domain_name.apply(lambda name: json.dumps({"Statement": {**grant, "Sid": name}}))
    aws.iam.Policy("late", name="late", policy=late, opts=opts)
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    role = aws.iam.Role("anybody", name="anybody", assume_role_policy=document, opts=opts)
    allow = json.dumps({"Version": "2012-10-17", "Statement": grant})
    aws.iam.RolePolicy("all", name="all", role=role.name, policy=allow, opts=opts)
    aws.kms.Key("still", opts=opts)
    aws.cloudwatch.LogGroup("forever", name="/forever", opts=opts)
'''


def wrong(work: Workplace) -> Workplace:
    """The project whose program adds what is wrong."""
    work.edit("__main__.py", BUILT, ADDED)
    work.edit("__main__.py", "\n\npulumi.run(main)", f"{WRONG}\n\npulumi.run(main)")
    return work


def checked(work: Workplace, stack: str) -> tuple[Ran, Verdicts]:
    ran = work.qlz("check", stack, "--json")
    (report,) = ran.document["stacks"]
    return ran, {(each["rule"], each["urn"], each["level"]) for each in report["findings"]}


def previewed(work: Workplace, stack: str, engine: str) -> tuple[Ran, Verdicts]:
    ran = work.qlz("rehearse", "preview", stack, "--engine", engine, "--json")
    (document,) = ran.document["stacks"]
    return ran, {(v["control"], v["urn"], v["level"]) for v in document["violations"]}


def rooted(verdicts: Verdicts, stack: str) -> Verdicts:
    """What is said of the stack as a whole has its root's URN in one engine and none in another."""
    root = f"urn:pulumi:{stack}::qlz::pulumi:pulumi:Stack::qlz-{stack}"
    return {(control, urn or root, level) for control, urn, level in verdicts}


def all_say(work: Workplace, stack: str) -> tuple[set[int], Verdicts]:
    said = [checked(work, stack), *(previewed(work, stack, engine) for engine in ("embedded", "pulumi"))]
    first, *others = (rooted(verdicts, stack) for _, verdicts in said)
    for other in others:
        assert other == first
    return {ran.code for ran, _ in said}, first


@pytest.mark.parametrize("stack", ["sandbox", "azure-sandbox"])
def test_of_an_environment_that_complies(workplace: Workplace, stack: str) -> None:
    codes, verdicts = all_say(workplace, stack)
    assert codes == {0}
    assert "mandatory" not in {level for *_, level in verdicts}


@pytest.mark.parametrize(("stack", "least"), [("sandbox", 20), ("azure-sandbox", 8), ("organization", 12)])
def test_of_an_environment_that_does_not(workplace: Workplace, stack: str, least: int) -> None:
    codes, verdicts = all_say(wrong(workplace), stack)
    assert codes == {1}
    assert len({(control, urn) for control, urn, level in verdicts if level == "mandatory"}) >= least


def test_of_a_project_in_its_environment(make_workplace: Callable[[], Workplace]) -> None:
    work = make_workplace()
    for engine in ("embedded", "pulumi"):
        assert work.qlz("rehearse", "up", "sandbox", "--engine", engine).code == 0
    codes, verdicts = all_say(work, "optimus-sandbox")
    assert codes == {0}
    codes, verdicts = all_say(wrong(work), "optimus-sandbox")
    assert codes == {1}
    assert len(verdicts) >= 20
