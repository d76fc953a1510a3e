"""Which local cloud a stack is played in, and whose credentials."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.spec import load_stack
from qlz.clouds import NO_CLOUD, Clouds, Played, cloud_of
from qlz.options import EngineName
from qlz.rehearsal import Rehearsal

ROOT = Path(__file__).parents[2]
OTHER = "99999999-2222-4333-8444-555555555555"


@pytest.mark.parametrize(
    ("stack", "played"),
    [
        ("sandbox", Played.AWS),
        ("optimus-sandbox", Played.AWS),
        ("azure-sandbox", Played.AZURE),
        ("catalyst-sandbox", Played.AZURE),
    ],
)
def test_a_stack_gets_the_provider_of_its_cloud_and_no_other(
    stack: str, played: Played, tmp_path: Path
) -> None:
    loaded = load_stack(ROOT, stack)
    assert cloud_of(loaded) is played
    clouds = Clouds(tmp_path, lambda _: None)
    clouds.find()
    assert (clouds.id(played), dict(clouds.ids)) == (NO_CLOUD, {})
    servers = clouds.servers(loaded, loaded.stack.account)
    assert set(servers) == {str(played)}
    assert clouds.servers(loaded, loaded.stack.account) == servers, "one provider for each account"
    assert clouds.servers(loaded, OTHER) != servers
    clouds.close()


def test_credentials_for_another_subscription_stop_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QLZ_HOME", str(tmp_path))
    with Rehearsal(ROOT, EngineName.EMBEDDED, starts_cloud=False, account=OTHER) as rehearsal:
        outcome = rehearsal.preview(load_stack(ROOT, "azure-sandbox"))
    assert outcome.result == "failed"
    assert "SubscriptionNotFound" in str(outcome.error)
    assert not list(tmp_path.rglob("cloud.json")), "a preview starts no local cloud"
