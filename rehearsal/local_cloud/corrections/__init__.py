"""Where moto's own store would go wrong or lacks what accounts have beforehand, and no client can mend it.

Put right when a service loads; each service in a module of its name.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

CORRECTED: Final = frozenset({"cloudtrail", "ec2", "kms", "logs", "organizations", "s3", "secretsmanager"})
"""Services by moto's names."""


def correct(service: str) -> None:
    """Correct moto's store of a service; called before its first request."""
    if service in CORRECTED:
        import_module(f"{__name__}.{service}").correct()
