"""SDK classes that are loaded one by one are the ones that loading everything brings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import importlib, json, sys
from rehearsal.sdk_modules import load_class_by_class
load_class_by_class()
load_class_by_class()
import pulumi, {sdk} as sdk
{body}
"""


def said(sdk: str, body: str) -> object:
    """What a program prints as JSON that has not loaded any SDK before."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(sdk=sdk, body=body)],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return json.loads(done.stdout)


ALL = """
found = {}
for service in SERVICES:
    module = getattr(sdk, service)
    before = {}
    for file in sorted(__import__("pathlib").Path(module.__path__[0]).glob("[a-z]*.py"))[:40]:
        stem, text = file.stem, file.read_text()
        name = stem if stem.startswith("get_") else "".join(word.capitalize() for word in stem.split("_"))
        before |= {each: getattr(module, each) for each in (name, name + "Args") if f"'{each}'," in text}
    assert "__getattr__" in vars(module)
    names = dir(module)
    assert "__getattr__" not in vars(module)
    other = [name for name in before if getattr(module, name) is not before[name] or name not in names]
    found[service] = [len(before), other]
print(json.dumps(found))
"""


@pytest.mark.parametrize(
    ("sdk", "services"),
    [("pulumi_aws", ["kms", "sns", "cloudwatch"]), ("pulumi_azure_native", ["keyvault", "quantum"])],
)
def test_the_same_classes(sdk: str, services: list[str]) -> None:
    found = said(sdk, f"SERVICES = {services}" + ALL)
    assert isinstance(found, dict)
    for service, (count, other) in found.items():
        assert count >= 2, service
        assert other == [], service


def test_one_class_brings_its_module_and_not_its_service() -> None:
    body = """
before = len(sys.modules)
sdk.kms.Key, sdk.kms.KeyArgs, sdk.kms.key.Key, sdk.iam.RoleInlinePolicyArgs
from pulumi_aws import iam
from pulumi_aws.iam import Role, ManagedPolicy
import pulumi_aws.kms.alias
mine = [name for name in sys.modules if name.startswith(("pulumi_aws.kms.", "pulumi_aws.iam."))]
print(json.dumps([len(mine), Role.__module__, "pulumi_aws.kms.grant" in mine]))
"""
    count, role, others = said("pulumi_aws", body)  # type: ignore[misc]
    assert (role, others) == ("pulumi_aws.iam.role", False)  # type: ignore[has-type]
    assert count < 12  # type: ignore[has-type]  # of eighty


def test_what_is_not_found_so_is_found_as_always() -> None:
    body = """
from pulumi_aws.kms import *
print(json.dumps([
    callable(sdk.iam.get_policy_document), callable(sdk.kms.get_key), Key.__name__, sdk.sns.Topic.__name__,
    hasattr(sdk.sns, "Nothing"), hasattr(sdk.kms, "__wrapped__"), hasattr(sdk.kms, "_Enums"),
]))
"""
    assert said("pulumi_aws", body) == [True, True, "Key", "Topic", False, False, False]


def test_a_name_that_is_in_no_module_is_an_attribute_error() -> None:
    body = """
try:
    sdk.kms.Keyy
except AttributeError as problem:
    print(json.dumps(str(problem)))
"""
    assert said("pulumi_aws", body) == "module 'pulumi_aws.kms' has no attribute 'Keyy'"
