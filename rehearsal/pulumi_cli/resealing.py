"""Handing a state on: its secrets opened with one passphrase and sealed again with another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.engine.errors import BadState
from rehearsal.engine.passphrase import Passphrase

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 a marker of the format


def resealed(export: Mapping[str, Any], opening: str, sealing: str) -> dict[str, Any]:
    """An exported deployment with its secrets sealed by the passphrase `sealing`, under a salt of their own.

    Raises WrongPassphrase where `opening` does not open it, BadState where it is not sealed by a passphrase.
    """
    deployment = export["deployment"]
    provider = deployment.get("secrets_providers") or {}
    if provider.get("type") != "passphrase":
        raise BadState("the deployment's secrets are not sealed by a passphrase")
    old = Passphrase(opening, provider["state"]["salt"], "the deployment to import")
    new = Passphrase.fresh(sealing)

    def again(value: Any) -> Any:
        if isinstance(value, Mapping):
            if value.get(_SIGNATURE) == _SECRET and "ciphertext" in value:
                return {**value, "ciphertext": new.seal(old.open(value["ciphertext"]))}
            return {key: again(item) for key, item in value.items()}
        return [again(item) for item in value] if isinstance(value, list) else value

    state = {"type": "passphrase", "state": {"salt": new.salt}}
    return {**export, "deployment": {**again(deployment), "secrets_providers": state}}
