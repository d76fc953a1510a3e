"""A project under the Pulumi CLI: its stacks previewed, brought up, destroyed, exported and imported."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal

from rehearsal.engine.errors import EngineError, PolicyBlocked, ProtectedResources, StackNotFound
from rehearsal.engine.events import Kept, Outcome
from rehearsal.pulumi_cli.cli import CliError, PulumiCli
from rehearsal.pulumi_cli.events import EventLog
from rehearsal.pulumi_cli.project_copy import copy_project
from rehearsal.pulumi_cli.resealing import resealed

SHOWN_CHARACTERS: Final = 2000
"""How much of the CLI's own words an error carries."""

Operation = Literal["preview", "up", "destroy"]
CliOutcome = Outcome


class CliProject:
    """See PulumiCli.open. Outcomes mean what the embedded engine's do; a policy that cannot decide blocks."""

    def __init__(self, cli: PulumiCli, root: Path, home: Path, providers: Mapping[str, str]) -> None:
        self._cli, self._root = cli, root.resolve()
        self._home = (home / "pulumi-cli").resolve()
        self._providers = dict(providers)
        for folder in ("home", "state", "user"):
            (self._home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        self._passphrase_file = self._home / "passphrase"
        _make_passphrase(self._passphrase_file)
        self._scratch = tempfile.TemporaryDirectory(prefix="run-", dir=self._home)
        self._copy = Path(self._scratch.name) / "project"
        copy_project(self._root, self._copy)

    @property
    def passphrase(self) -> str:
        """What the secrets of this project's states are encrypted with."""
        return self._passphrase_file.read_text(encoding="utf-8").strip()

    def preview(self, stack: str, packs: Sequence[Path] = ()) -> CliOutcome:
        """Say what `up` would do. Raises EngineError where it cannot begin."""
        self._ensure(stack)
        return self._operate("preview", stack, packs)

    def up(self, stack: str, packs: Sequence[Path] = ()) -> CliOutcome:
        """Preview, policies included; then, if nothing says no, do it."""
        previewed = self.preview(stack, packs)
        if previewed.result != "ok":
            return replace(previewed, operation="up")
        return self._operate("up", stack, packs)

    def destroy(self, stack: str) -> CliOutcome:
        """Delete all in the state; with a protected resource among it, nothing. Raises StackNotFound."""
        resources = self.export(stack)["deployment"].get("resources") or []
        protected = [resource["urn"] for resource in resources if resource.get("protect")]
        if protected:
            return Outcome(stack, "destroy", False, "failed", error=ProtectedResources(protected))
        return self._operate("destroy", stack, ())

    def export(self, stack: str) -> dict[str, Any]:
        """The stack's deployment, secrets encrypted. Raises StackNotFound."""
        if not self._exists(stack):
            raise StackNotFound(stack)
        deployment: dict[str, Any] = json.loads(self._ask("stack", "export", "--stack", stack))
        return deployment

    def import_(self, stack: str, deployment: Mapping[str, Any], passphrase: str) -> None:
        """Take over a deployment that another engine exported; its secrets are opened with `passphrase`.

        From then on they are encrypted with this project's own. Raises EngineError.
        """
        taken = resealed(deployment, passphrase, self.passphrase)
        self._ensure(stack)
        self._ask("stack", "import", "--stack", stack, stdin=json.dumps(taken))

    def close(self) -> None:
        """Remove the copy. State, passphrase and plugins' home stay."""
        self._scratch.cleanup()

    def __enter__(self) -> CliProject:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _environment(self) -> dict[str, str]:
        ports = (f"{package}:{address.rsplit(':', 1)[1]}" for package, address in self._providers.items())
        return {
            "HOME": str(self._home / "user"),
            "PULUMI_HOME": str(self._home / "home"),
            "PULUMI_BACKEND_URL": (self._home / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self._passphrase_file),
            "PULUMI_DEBUG_PROVIDERS": ",".join(ports),
            "PULUMI_DEBUG_COMMANDS": "true",  # makes --event-log known
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def _run(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        return self._cli.run(arguments, cwd=self._copy, environment=self._environment(), stdin=stdin)

    def _ask(self, *arguments: str, stdin: str | None = None) -> str:
        done = self._run(*arguments, stdin=stdin)
        if done.returncode != 0:
            raise CliError(f"`pulumi {' '.join(arguments[:2])}` failed", _words(done))
        return done.stdout

    def _exists(self, stack: str) -> bool:
        stacks = json.loads(self._ask("stack", "ls", "--json"))
        return any(entry["name"].rsplit("/", 1)[-1] == stack for entry in stacks)

    def _ensure(self, stack: str) -> None:
        if not self._exists(stack):
            self._ask("stack", "init", "--stack", stack, "--no-select", "--secrets-provider", "passphrase")

    def _operate(self, operation: Operation, stack: str, packs: Sequence[Path]) -> Outcome:
        log = Path(self._scratch.name) / f"{operation}-{secrets.token_hex(4)}.jsonl"
        arguments = [operation, "--stack", stack, "--event-log", str(log), "--suppress-progress"]
        if operation != "preview":
            arguments += ["--yes", "--skip-preview"]
        folders = [self._in_copy(pack) for pack in packs]
        for folder in folders:
            arguments += ["--policy-pack", str(folder)]
        began = time.monotonic()
        done = self._run(*arguments)
        events = EventLog(log)
        violations = events.violations()
        error = self._error(done, events, folders, operation)
        if any(violation.mandatory for violation in violations):
            error = PolicyBlocked("a mandatory policy says no")
        steps = events.steps(planned=operation == "preview")
        return Outcome(
            stack=stack,
            operation=operation,
            dry_run=operation == "preview",
            result="ok" if error is None else "blocked" if isinstance(error, PolicyBlocked) else "failed",
            steps=steps,
            changes=dict(Counter(step.op for step in steps)),
            violations=violations,
            diagnostics=events.diagnostics(),
            outputs={} if operation == "destroy" else events.outputs(),
            kept=tuple(Kept(step.urn, step.id) for step in steps if step.retained),
            duration=time.monotonic() - began,
            error=error,
        )

    def _error(
        self,
        done: subprocess.CompletedProcess[str],
        events: EventLog,
        packs: Sequence[Path],
        operation: Operation,
    ) -> EngineError | None:
        if done.returncode != 0 or not events.succeeded:
            said = [d.message for d in events.diagnostics() if d.severity == "error"]
            return CliError(f"`pulumi {operation}` failed", "\n".join(said) or _words(done))
        silent = [pack.name for pack in packs if not events.ran(pack)]
        if silent:
            return CliError(f"`pulumi {operation}` did not run the policy packs {', '.join(silent)}")
        return None

    def _in_copy(self, pack: Path) -> Path:
        folder = (self._root / pack).resolve()
        if not (folder / "PulumiPolicy.yaml").is_file():
            raise CliError(f"{folder} is no policy pack: it holds no PulumiPolicy.yaml")
        if folder.is_relative_to(self._root):
            return self._copy / folder.relative_to(self._root)
        return folder


def _words(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stderr.strip() or done.stdout.strip())[-SHOWN_CHARACTERS:]


def _make_passphrase(path: Path) -> None:
    if not path.exists():
        _write_private(path, secrets.token_urlsafe(32))


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
