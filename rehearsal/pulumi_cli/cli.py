"""Finding the Pulumi CLI and calling it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import semver

from rehearsal.child_environment import child_environment
from rehearsal.engine.errors import EngineError

if TYPE_CHECKING:
    from rehearsal.pulumi_cli.project import CliProject

MINIMUM: Final = "3.259.0"
"""The oldest release that this was tried with."""
LANGUAGE_HOST: Final = "pulumi-language-python"
_VERSION_SECONDS: Final = 60.0
_INSTEAD: Final = "leave out --engine pulumi: the embedded engine needs nothing more."


class CliError(EngineError):
    """The CLI did not do what it was asked; `words` are the end of what it said."""

    def __init__(self, what: str, words: str = "", *, fix: str = "") -> None:
        self.words = words.strip()
        super().__init__(f"{what}: {self.words}" if self.words else what, where="Pulumi CLI", fix=fix)


class CliMissing(CliError):
    """There is no Pulumi CLI to run."""

    def __init__(self, what: str = "there is no `pulumi` on PATH") -> None:
        super().__init__(
            what,
            fix=f"Install the Pulumi CLI {MINIMUM} or later (by its own installer, or the package `pulumi` "
            f"of Homebrew, Chocolatey or winget), or {_INSTEAD}",
        )


class CliTooOld(CliError):
    """The Pulumi CLI that was found is older than MINIMUM, or does not say what it is."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"found version {found}, but {MINIMUM} or later is needed",
            fix=f"Update the Pulumi CLI, or {_INSTEAD}",
        )


@dataclass(frozen=True)
class PulumiCli:
    """A Pulumi CLI that can be used, with its Python language host."""

    executable: Path
    version: str

    @classmethod
    def find(cls, path: str | None = None) -> PulumiCli | None:
        """The CLI on `path` (PATH when not given), or None.

        Raises CliTooOld, or CliMissing where its Python language host is not there.
        """
        found = shutil.which("pulumi", path=path)
        if found is None:
            return None
        try:
            answer = subprocess.run(  # noqa: S603 found on PATH, fixed arguments
                [found, "version"],
                env=child_environment({"PULUMI_SKIP_UPDATE_CHECK": "true"}),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_VERSION_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise CliError(f"{found} cannot be run", str(problem)) from None
        text = answer.stdout.strip().removeprefix("v")
        try:
            enough = semver.Version.parse(text).finalize_version() >= semver.Version.parse(MINIMUM)
        except ValueError:
            raise CliTooOld(repr(text[:40])) from None
        if not enough:
            raise CliTooOld(text)
        if not (
            shutil.which(LANGUAGE_HOST, path=path) or (Path(found).resolve().parent / LANGUAGE_HOST).exists()
        ):
            raise CliMissing(f"{found} is there, but not its Python language host {LANGUAGE_HOST}")
        return cls(Path(found), text)

    @classmethod
    def require(cls, path: str | None = None) -> PulumiCli:
        """As `find`; raises CliMissing where there is none."""
        cli = cls.find(path)
        if cli is None:
            raise CliMissing
        return cli

    def open(self, root: Path, home: Path, providers: Mapping[str, str]) -> CliProject:
        """A copy of the project at `root`, to be run against provider servers (package to `host:port`).

        Everything the CLI keeps, its file backend and passphrase included, is below `home`/pulumi-cli.
        A context manager: the copy goes when it closes, the state stays.
        """
        from rehearsal.pulumi_cli.project import CliProject

        return CliProject(self, root, home, providers)

    def run(
        self, arguments: Sequence[str], *, cwd: Path, environment: Mapping[str, str], stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """One call, without a terminal, in an environment of allowed variables and `environment` only."""
        try:
            return subprocess.run(  # noqa: S603 the CLI that was found
                [str(self.executable), *arguments, "--non-interactive", "--color", "never"],
                cwd=cwd,
                env=child_environment(environment),
                input=stdin,
                stdin=subprocess.DEVNULL if stdin is None else None,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                check=False,
            )
        except OSError as problem:
            raise CliError("cannot be run", str(problem)) from None
