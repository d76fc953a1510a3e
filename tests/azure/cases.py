"""One resource of every type: as asked for first, after a change, and what has to be there for it."""

from __future__ import annotations

from tests.azure import cases_authorization, cases_monitor, cases_resources
from tests.azure.building import CASES, READER, SCOPE, SOMEBODY, Case, role, storage

__all__ = ["CASES", "MODULES", "READER", "SCOPE", "SOMEBODY", "Case", "role", "storage"]

MODULES = (cases_authorization, cases_monitor, cases_resources)
"""Importing them registers their cases."""
