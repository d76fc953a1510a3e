"""The example files are right, and everything wrong is said at once."""

from __future__ import annotations

from components.spec import EnvironmentStack, ProjectStack, Tier, load_stack
from tests.spec.cases import SPEC
from tests.spec.conftest import CHARTER, OPTIMUS, ROOT, SANDBOX, Copy


def test_the_examples_are_right() -> None:
    environment = load_stack(ROOT, "sandbox")
    assert isinstance(environment.stack, EnvironmentStack)
    saml = environment.stack.spec.identity.saml
    assert saml is not None
    assert "IDPSSODescriptor" in saml.metadata
    assert environment.environment is environment.stack
    loaded = load_stack(ROOT, "optimus-sandbox")
    assert isinstance(loaded.stack, ProjectStack)
    assert loaded.stack.spec.tier is Tier.INTERNAL_RESEARCH
    assert loaded.stack.spec.devices == ("amazon/sv1", "amazon/dm1")
    assert loaded.stack.environment_label == "sandbox"
    assert loaded.environment == environment.stack
    assert loaded.config["pulumi:disable-default-providers"] == ["aws", "azure-native"]
    assert loaded.line("config", "qlz:spec", "tier") == 10


def test_everything_wrong_is_said_at_once(project: Copy) -> None:
    project.edit(OPTIMUS, "amazon/sv1", "amazon/sv9")
    project.edit(OPTIMUS, "lifecycle: active", "lifecycles: active")
    project.edit(SANDBOX, "trail_days: 365", "trail_days: 1")
    project.edit(CHARTER, "classification: internal", "classification: secret")
    keys = {(p.file, p.key) for p in project.problems("optimus-sandbox")}
    assert keys >= {(OPTIMUS, f"{SPEC}.lifecycles"), (OPTIMUS, f"{SPEC}.lifecycle")}
    project.edit(OPTIMUS, "lifecycles: active", "lifecycle: active")
    keys = {(p.file, p.key) for p in project.problems("optimus-sandbox")}
    assert keys == {
        (OPTIMUS, f"{SPEC}.devices[0]"),
        (SANDBOX, f"{SPEC}.retention.trail_days"),
        (CHARTER, "classification"),
    }


def test_the_examples_of_every_level_are_right() -> None:
    for name, tier in (
        ("optimus-sandbox", Tier.INTERNAL_RESEARCH),
        ("optimus-dev", Tier.INTERNAL_RESEARCH),
        ("optimus-prod", Tier.REGULATED_PRODUCTION),
    ):
        stack = load_stack(ROOT, name).stack
        assert isinstance(stack, ProjectStack)
        assert stack.spec.tier is tier
        assert stack.charter.contract is not None
        assert stack.charter.alerts is not None
