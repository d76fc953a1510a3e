"""The workplaces of the commands' tests."""

from __future__ import annotations

from tests.qlz.conftest import make_workplace, workplace

__all__ = ["make_workplace", "workplace"]
