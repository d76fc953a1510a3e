"""A report as people and programs read it; every format tells the same findings, in the same order."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from qlz.check.options import Format
from qlz.check.report import Report

VERSION = 1
"""Of the JSON form: raised when a field changes its meaning or goes; new fields do not raise it."""


def rendered(report: Report, form: Format) -> str:
    """The report as text in a form, with a newline at its end. Only that form is loaded."""
    render: Callable[[Report], str] = ready(form).render
    return render(report)


def ready(form: Format) -> ModuleType:
    """Load a form's module."""
    return import_module(f"{__name__}.{form.value}")
