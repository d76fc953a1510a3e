"""Secrets."""

from __future__ import annotations

from typing import Any


def correct() -> None:
    _empty_description_is_one()


def _empty_description_is_one() -> None:
    """UpdateSecret with an empty description takes it away; moto keeps the old one."""
    from moto.secretsmanager.models import SecretsManagerBackend

    update = SecretsManagerBackend.update_secret

    def updated(self: Any, secret_id: str, **more: Any) -> str:
        answer = update(self, secret_id, **more)
        if more.get("description") == "":
            self.secrets[secret_id].description = None
        return answer

    SecretsManagerBackend.update_secret = updated  # type: ignore[method-assign, assignment]
