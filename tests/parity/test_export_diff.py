"""The comparison itself: it sees each kind of difference, and none where there is none."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from rehearsal.engine.passphrase import Passphrase
from rehearsal.export_diff import MADE_UP, ExportError, differences, normalise

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
PASSPHRASE = "correct horse"
STACK = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"
PROVIDER = "urn:pulumi:dev::p::pulumi:providers:aws::aws"
KEY = "urn:pulumi:dev::p::aws:kms/key:Key::key"
BUCKET = "urn:pulumi:dev::p::aws:s3/bucket:Bucket::bucket"
State = dict[str, Any]
Change = Callable[[dict[str, Any]], object]


@cache
def passphrase() -> Passphrase:
    return Passphrase.fresh(PASSPHRASE)


def secret(value: object) -> dict[str, str]:
    return {SIGNATURE: SECRET, "ciphertext": passphrase().seal(json.dumps(value))}


def export(key_id: str, provider_id: str, role_id: str, when: str) -> dict[str, Any]:
    """A state as an engine exports it; the arguments are what a cloud and a clock make up."""
    arn = f"arn:aws:kms:eu-west-2:111122223333:key/{key_id}"
    reference = f"{PROVIDER}::{provider_id}"
    resources = [
        {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False, "outputs": {"key": arn}},
        {
            "urn": PROVIDER,
            "type": "pulumi:providers:aws",
            "custom": True,
            "id": provider_id,
            "inputs": {"region": "eu-west-2"},
            "outputs": {"region": "eu-west-2"},
            "parent": STACK,
        },
        {
            "urn": KEY,
            "type": "aws:kms/key:Key",
            "custom": True,
            "id": key_id,
            "inputs": {"rotate": True, "token": secret("swordfish"), "since": "2027-01-01T00:00:00Z"},
            "outputs": {
                "arn": arn,
                "made": when,
                "role": role_id,
                "token": secret("swordfish"),
                "since": "2027-01-01T00:00:00Z",
                "rotate": True,
            },
            "parent": STACK,
            "provider": reference,
            "protect": True,
            "propertyDependencies": {"rotate": []},
            "created": when,
            "modified": when,
            "sourcePosition": f"project:///{when}.py#1",
            "stackTrace": [{"sourcePosition": when}],
        },
        {
            "urn": BUCKET,
            "type": "aws:s3/bucket:Bucket",
            "custom": True,
            "id": "results",
            "inputs": {"key": arn, "policy": json.dumps({"Resource": arn}), "days": 1, "hidden": secret(arn)},
            "outputs": {"key": arn, "acl": "private"},
            "parent": STACK,
            "provider": reference,
            "dependencies": [KEY, PROVIDER],
            "propertyDependencies": {"key": [KEY], "policy": [KEY]},
            "additionalSecretOutputs": ["a", "b"],
            "aliases": ["urn:old"],
            "retainOnDelete": True,
            "deletedWith": KEY,
            "external": False,
        },
    ]
    return {
        "version": 3,
        "deployment": {
            "manifest": {"time": when, "magic": when, "version": "v3"},
            "secrets_providers": {"type": "passphrase", "state": {"salt": passphrase().salt}},
            "resources": resources,
            "metadata": {},
        },
    }


@pytest.fixture(scope="module")
def one() -> dict[str, Any]:
    return export(
        "0b5ffd1e-7c39-4f0a-9d4b-3f8f5a1f0c11",
        "11111111-7c39-4f0a-9d4b-3f8f5a1f0c11",
        "AROAQWERTYUIOPASDFGH",
        "2026-11-22T10:00:00.5Z",
    )


@pytest.fixture(scope="module")
def other() -> dict[str, Any]:
    return export(
        "99999999-aaaa-4bbb-8ccc-dddddddddddd",
        "22222222-7c39-4f0a-9d4b-3f8f5a1f0c11",
        "AROAZXCVBNMASDFGHJKL",
        "2027-02-03T11:00:00Z",
    )


def compared(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    return differences(normalise(first, PASSPHRASE), normalise(second, PASSPHRASE))


def resource(state: dict[str, Any], urn: str) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in state["deployment"]["resources"] if r["urn"] == urn)
    return found


def test_what_a_cloud_and_a_clock_make_up_is_no_difference(one: State, other: State) -> None:
    assert compared(one, other) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("arn:aws:kms:eu-west-2:111122223333:key/0b5ffd1e-7c39-4f0a-9d4b-3f8f5a1f0c11", 1),
        ('{"a": "vpc-0a1b2c3d4e5f60718", "b": ["subnet-0a1b2c3d", "vpce-0a1b2c3d4e5f60718"]}', 3),
        ("999900001111:p-a1b2c3d4", 1),
        ("p-FullAWSAccess", 0),
        ("qlz-sandbox-trail-111122223333", 0),
        ("qlz-vpc-0a1b2c3d", 0),
    ],
)
def test_what_counts_as_made_up(text: str, found: int) -> None:
    assert len(MADE_UP.findall(text)) == found


def test_order_of_sets_and_of_resources_is_no_difference(one: State, other: State) -> None:
    changed = copy.deepcopy(other)
    resource(changed, BUCKET)["dependencies"].reverse()
    resource(changed, BUCKET)["additionalSecretOutputs"].reverse()
    del resource(changed, BUCKET)["external"]
    assert compared(one, changed) == []


KINDS: dict[str, tuple[str, Change, str]] = {
    "dependency": (BUCKET, lambda r: r["dependencies"].remove(KEY), "dependencies: "),
    "all dependencies": (BUCKET, lambda r: r.pop("dependencies"), "dependencies: only in the first"),
    "parent": (BUCKET, lambda r: r.pop("parent"), "parent: only in the first"),
    "property dependency": (BUCKET, lambda r: r["propertyDependencies"]["key"].clear(), "propertyDepend"),
    "property's entry": (KEY, lambda r: r.pop("propertyDependencies"), "propertyDependencies: only in"),
    "provider": (BUCKET, lambda r: r.pop("provider"), "provider: only in the first"),
    "provider's id": (BUCKET, lambda r: r.update(provider=f"{PROVIDER}::other"), "provider: "),
    "protect": (KEY, lambda r: r.pop("protect"), "protect: only in the first: true"),
    "alias": (BUCKET, lambda r: r.pop("aliases"), "aliases: only in the first"),
    "secret output name": (BUCKET, lambda r: r["additionalSecretOutputs"].pop(), "additionalSecretOutputs: "),
    "retain": (BUCKET, lambda r: r.pop("retainOnDelete"), "retainOnDelete: only in the first"),
    "deleted with": (BUCKET, lambda r: r.pop("deletedWith"), "deletedWith: only in the first"),
    "input": (BUCKET, lambda r: r["inputs"].pop("days"), "inputs > days: only in the first: 1"),
    "input's value": (BUCKET, lambda r: r["inputs"].update(days=2), "inputs > days: 1 in the first, 2 in"),
    "input's type": (BUCKET, lambda r: r["inputs"].update(days=True), "inputs > days: 1 in the first, true"),
    "output": (BUCKET, lambda r: r["outputs"].pop("acl"), 'outputs > acl: only in the first: "private"'),
    "extra output": (BUCKET, lambda r: r["outputs"].update(more=None), "outputs > more: only in the second"),
    "made-up id elsewhere": (BUCKET, lambda r: r["outputs"].update(key="none"), "outputs > key: "),
    "given time": (KEY, lambda r: r["outputs"].update(since="2028-01-01T00:00:00Z"), "outputs > since: "),
    "id": (BUCKET, lambda r: r.update(id="others"), 'id: "results" in the first, "others" in the second'),
    "type": (BUCKET, lambda r: r.update(type="x"), "type: "),
    "custom": (BUCKET, lambda r: r.update(custom=False), "custom: only in the first: true"),
    "unnamed field": (BUCKET, lambda r: r.update(importID="x"), "importID: only in the second"),
    "secret marker": (
        KEY,
        lambda r: r["inputs"].update(token="swordfish"),
        "inputs > token: secret in the first, plain in the other",
    ),
    "secret's value": (
        KEY,
        lambda r: r["outputs"].update(token=secret("trout")),
        "outputs > token: the secret values differ",
    ),
    "made-up id in a secret": (
        BUCKET,
        lambda r: r["inputs"].update(hidden=secret("arn")),
        "inputs > hidden: ",
    ),
    "made-up id in JSON": (
        BUCKET,
        lambda r: r["inputs"].update(policy='{"Resource": "0b5ffd1e-7c39-4f0a-9d4b-3f8f5a1f0c11"}'),
        "inputs > policy: ",
    ),
    "pending delete": (BUCKET, lambda r: r.update(delete=True), "(to be deleted): only in the second"),
}


@pytest.mark.parametrize(("urn", "change", "said"), KINDS.values(), ids=KINDS.keys())
def test_each_kind_of_difference_is_seen(
    one: State, other: State, urn: str, change: Change, said: str
) -> None:
    changed = copy.deepcopy(other)
    change(resource(changed, urn))
    found = compared(one, changed)
    assert any(said in line and line.startswith(f"resources > {urn}") for line in found), found
    assert not any("swordfish" in line or "trout" in line for line in found)
    assert compared(changed, one)


def test_a_missing_resource_is_seen_without_its_secrets(one: State, other: State) -> None:
    changed = copy.deepcopy(other)
    changed["deployment"]["resources"].remove(resource(changed, KEY))
    (line,) = [d for d in compared(one, changed) if d.startswith(f"resources > {KEY}")]
    assert "only in the first" in line
    assert "[secret]" in line
    assert "swordfish" not in line


def test_pending_operations_and_secrets_provider_are_compared(one: State, other: State) -> None:
    changed = copy.deepcopy(other)
    changed["deployment"]["pending_operations"] = [{"type": "creating", "resource": resource(other, BUCKET)}]
    assert any(line.startswith("pending_operations") for line in compared(one, changed))
    plain = {"version": 3, "deployment": {"resources": []}}
    normalised = normalise(plain, PASSPHRASE)
    assert differences(normalised, {**normalised, "secrets_providers": "passphrase"})


def test_plaintext_secrets_of_an_export_count_as_secrets(one: State, other: State) -> None:
    shown = copy.deepcopy(other)
    resource(shown, KEY)["inputs"]["token"] = {SIGNATURE: SECRET, "plaintext": '"swordfish"'}
    assert compared(one, shown) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(version=2), "version 3"),
        (lambda d: d.pop("deployment"), "version 3"),
        (lambda d: d["deployment"]["secrets_providers"]["state"].update(salt="v1:x"), "form v1:SALT:PROOF"),
        (lambda d: d["deployment"].pop("secrets_providers"), "names no passphrase provider"),
    ],
)
def test_an_export_that_cannot_be_read_is_refused(one: State, change: Change, said: str) -> None:
    broken = copy.deepcopy(one)
    change(broken)
    with pytest.raises(ExportError, match=said):
        normalise(broken, PASSPHRASE)


def test_the_wrong_passphrase_is_refused(one: State) -> None:
    with pytest.raises(ExportError, match="does not open"):
        normalise(one, "wrong")


VAULT = "urn:pulumi:dev::p::azure-native:keyvault:Key::results"


def azure_key(outputs: dict[str, Any], **inputs: Any) -> State:
    one = {"urn": VAULT, "custom": True, "id": "/keys/results", "inputs": inputs, "outputs": outputs}
    return normalise({"version": 3, "deployment": {"resources": [one]}}, PASSPHRASE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"etag": '"1f"'}, {"etag": '"2f"'}),
        ({"eTag": "a"}, {"eTag": "b"}),
        ({"uri": "https://v.example/keys/k/" + "a" * 32}, {"uri": "https://v.example/keys/k/" + "b" * 32}),
        ({"attributes": {"created": 1795379282}}, {"attributes": {"created": 1795379329}}),
        ({"endpoint": "https://127.0.0.1:44171"}, {"endpoint": "https://127.0.0.1:36535"}),
    ],
)
def test_versions_of_azure_resources_are_of_one_run(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert differences(azure_key(one), azure_key(other)) == []
    assert differences(azure_key(one, **one), azure_key(other, **other)), "what was asked for is compared"


def test_another_key_is_another_key() -> None:
    one, other = ({"uri": f"https://v.example/keys/{name}/{'a' * 32}"} for name in ("k", "l"))
    assert differences(azure_key(one), azure_key(other))
