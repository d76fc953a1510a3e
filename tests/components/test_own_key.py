"""A key whose material people import: shut until they did, and no administrator of it can (K2, K3, K7)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from components.args import ArgumentError
from components.braket.elevation import Grant, grants_policy
from components.braket.keys import ENVELOPE, IMPORT, KeyArgs, OwnMaterial
from components.braket.names import ProjectNames
from tests.components.conftest import PLACE, project_args, run_project
from tests.components.iam import Role
from tests.components.runner import Run
from tests.components.test_keys import ADMIN, ROLES, S3, says

AWAITED = OwnMaterial()
IMPORTED = OwnMaterial(date(2026, 11, 20), date(2027, 11, 20))
KIND = "aws:kms/externalKey:ExternalKey"
RIGHT = {"kms:WrappingAlgorithm": "RSA_AES_KEY_WRAP_SHA_256", "kms:WrappingKeySpec": "RSA_4096"}
STAYS = {"kms:ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
ADA = Grant(
    "rotate-key",
    "ada@example.org",
    "grace@example.org",
    "The yearly rotation",
    "CHG-1",
    datetime(2026, 11, 20, tzinfo=UTC),
    datetime(2026, 11, 20, 4, tzinfo=UTC),
)
NOW: dict[str, Any] = {"aws__SourceIdentity": "ada@example.org", "aws__CurrentTime": "2026-11-20T01:00:00Z"}


def own(material: OwnMaterial = AWAITED, preview: bool = False) -> Run:
    return run_project(preview=preview, own_material=material, key_administrators=(ADMIN,))


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(("material", "enabled"), [(AWAITED, False), (IMPORTED, True)])
def test_it_is_shut_until_the_stack_file_says_it_was_imported(
    material: OwnMaterial, enabled: bool, preview: bool
) -> None:
    found = own(material, preview)
    assert not found.all("aws:kms/key:Key")
    made = found.one(KIND, "project")
    assert made.inputs["enabled"] is enabled
    assert made.protect
    assert made.inputs["deletionWindowInDays"] == 30
    assert not {"keyMaterialBase64", "validTo", "bypassPolicyLockoutSafetyCheck"} & {
        *made.inputs,
        *made.unknown,
    }
    assert found.one("aws:kms/alias:Alias", "project").inputs["name"] == "alias/qlz/sandbox/optimus"


def test_the_same_use_and_the_same_administration_as_of_a_key_that_aws_makes() -> None:
    theirs = run_project(key_administrators=(ADMIN,)).one("aws:kms/key:Key", "project").document("policy")
    ours = own().one(KIND, "project").document("policy")
    added = {"AskHowToImport", "ImportMaterial", "LookAtMaterial"}
    assert [row for row in ours["Statement"] if row["Sid"] not in added] == theirs["Statement"]


def test_only_the_elevated_role_imports_and_nobody_who_imports_uses() -> None:
    document = own().one(KIND, "project").document("policy")
    elevated = f"{ROLES}elevated"
    ask, bring = IMPORT
    assert says(document, ask, elevated, **RIGHT) == "allow"
    assert says(document, bring, elevated, **STAYS) == "allow"
    for principal in (
        ADMIN,
        f"{ROLES}researcher",
        f"{ROLES}pipeline",
        f"{ROLES.replace('optimus', 'two')}elevated",
    ):
        assert says(document, ask, principal, **RIGHT) == "none", principal
        assert says(document, bring, principal, **STAYS) == "none", principal
    for action in (*ENVELOPE, "kms:Encrypt", "kms:PutKeyPolicy", "kms:DeleteImportedKeyMaterial"):
        assert says(document, action, elevated, **S3) == "none", action
    assert says(document, "kms:DeleteImportedKeyMaterial", ADMIN) == "allow"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kms:WrappingAlgorithm": "RSAES_PKCS1_V1_5"},
        {"kms:WrappingAlgorithm": "RSAES_OAEP_SHA_1"},
        {"kms:WrappingKeySpec": "RSA_2048"},
    ],
)
def test_material_travels_under_strong_wrapping_alone(wrong: dict[str, str]) -> None:
    document = own().one(KIND, "project").document("policy")
    assert says(document, IMPORT[0], f"{ROLES}elevated", **{**RIGHT, **wrong}) == "none"


def test_material_that_ends_by_itself_is_refused() -> None:
    document = own().one(KIND, "project").document("policy")
    ends = {"kms:ExpirationModel": "KEY_MATERIAL_EXPIRES"}
    assert says(document, IMPORT[1], f"{ROLES}elevated", **ends) == "none"
    assert says(document, IMPORT[1], f"{ROLES}elevated") == "none"


def test_a_grant_to_rotate_imports_for_its_person_and_its_time_only(boundary: dict[str, Any]) -> None:
    names = ProjectNames("optimus", PLACE)
    granted = json.loads(grants_policy(names, project_args().devices, (ADA,), own_material=True))
    role = Role(names.role_arn("elevated"), (granted,), boundary, {"project": "optimus"})
    key = PLACE.arn("kms", "key/1234")
    ours: dict[str, Any] = {"kms__ResourceAliases": [names.alias]}
    for action in (*IMPORT, "kms:RotateKeyOnDemand"):
        assert role.may(action, key, **ours, **NOW)
        assert not role.may(action, key, kms__ResourceAliases=["alias/qlz/sandbox/two"], **NOW)
        assert not role.may(action, key, **ours, **{**NOW, "aws__SourceIdentity": "eve@example.org"})
        assert not role.may(action, key, **ours, **{**NOW, "aws__CurrentTime": "2026-11-20T05:00:00Z"})
    assert not role.may("kms:DeleteImportedKeyMaterial", key, **ours, **NOW)
    plain = json.loads(grants_policy(names, project_args().devices, (ADA,)))
    role = replace(role, identity=(plain,))
    assert role.may("kms:RotateKeyOnDemand", key, **ours, **NOW)
    assert not role.may(IMPORT[1], key, **ours, **NOW), "of a key that AWS makes"


def test_what_kms_refuses_is_refused_first() -> None:
    with pytest.raises(ArgumentError, match="does not rotate by itself"):
        KeyArgs(PLACE, "alias/x", "", {}, (), own=AWAITED, rotation_days=365)
    with pytest.raises(ArgumentError, match="imported and rotate_by, or neither"):
        OwnMaterial(date(2026, 11, 20))
    with pytest.raises(ArgumentError, match="rotate_by"):
        OwnMaterial(date(2026, 11, 20), date(2026, 11, 20))
    with pytest.raises(ArgumentError, match="rotate_by"):
        OwnMaterial(date(2026, 11, 20), date(2027, 11, 22))
    with pytest.raises(ArgumentError, match="deletion_days"):
        KeyArgs(PLACE, "alias/x", "", {}, (), own=AWAITED, deletion_days=6)
