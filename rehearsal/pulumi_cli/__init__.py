"""The real Pulumi CLI as a rehearsal's engine, on a copy of the project and without any credentials."""

from __future__ import annotations

from rehearsal.pulumi_cli.cli import MINIMUM, CliError, CliMissing, CliTooOld, PulumiCli
from rehearsal.pulumi_cli.project import CliProject

__all__ = ["MINIMUM", "CliError", "CliMissing", "CliProject", "CliTooOld", "PulumiCli"]
