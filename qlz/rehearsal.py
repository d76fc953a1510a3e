"""One rehearsal: a local cloud, the stand-in provider in front of it, and an engine."""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from components.spec import LoadedStack
from qlz.options import EngineName
from qlz.workspace import passphrase, rehearsal_home
from rehearsal.aws import AwsProvider
from rehearsal.engine import Engine, Event, Outcome, Project, StateStore
from rehearsal.local_cloud import LocalCloud
from rehearsal.pulumi_cli import CliProject, PulumiCli

BASELINE = "policy_packs/baseline"
NO_CLOUD = "none"
STACK_TYPE = "pulumi:pulumi:Stack"
KEPT_STALE = 5
"""So many times back, what was set aside as stale is kept."""


class Rehearsal:
    """A context in which stacks can be previewed, brought up, destroyed and exported.

    root: the project. starts_cloud: whether to start the local cloud when there is none (a preview does not
    need one). account: whose credentials are played; by default each stack's own account.
    """

    def __init__(
        self,
        root: Path,
        engine: EngineName,
        *,
        starts_cloud: bool,
        fresh: bool = False,
        account: str | None = None,
        extra_packs: Sequence[Path] = (),
        on_event: Callable[[Event], None] = lambda _: None,
        on_progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.root = root
        self.engine = engine
        self.home = rehearsal_home(root, engine)
        self.store = StateStore(self.home / "state", passphrase(self.home))
        self._extra_packs = tuple(extra_packs)
        self.stale: tuple[str, ...] = ()
        self._set_aside: Path | None = None
        self._starts_cloud = starts_cloud
        self._fresh = fresh
        self._account = account
        self._on_event = on_event
        self._on_progress = on_progress
        self._cloud: LocalCloud | None = None
        self._providers: dict[str, AwsProvider] = {}
        self._addresses: dict[str, str] = {}
        self._engines: dict[tuple[Path, str], Engine] = {}

    def __enter__(self) -> Self:
        if self.engine is EngineName.PULUMI:
            PulumiCli.require()
        if self._fresh:
            self._stop_cloud()
        self._cloud = (
            LocalCloud.ensure(self.home, self._on_progress)
            if self._starts_cloud
            else LocalCloud.find(self.home)
        )
        self.stale = self._set_stale_aside()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for provider in self._providers.values():
            provider.stop()

    def _stop_cloud(self) -> None:
        """Stop the local cloud, unless another command is at work in it. Raises StateLocked."""
        with ExitStack() as held:
            for stack in self.store.stacks():
                held.enter_context(self.store.lock(stack))
            if (old := LocalCloud.find(self.home)) is not None:
                old.stop()

    @property
    def cloud_id(self) -> str:
        """The local cloud's id, or "none" where there is none."""
        return self._cloud.id if self._cloud else NO_CLOUD

    def preview(self, loaded: LoadedStack) -> Outcome:
        """What an `up` would do, with every policy's verdict. Changes nothing."""
        if self.engine is EngineName.PULUMI:
            with self._cli(loaded) as cli:
                return cli.preview(loaded.name, self._packs(loaded))
        return self._embedded(loaded).preview(loaded.name, loaded.config)

    def up(self, loaded: LoadedStack) -> Outcome:
        """Preview, and only if that passes bring the stack up."""
        if self.engine is EngineName.PULUMI:
            with self._cli(loaded) as cli:
                return cli.up(loaded.name, self._packs(loaded))
        self.store.set_meta(loaded.name, {"cloud": self.cloud_id})
        return self._embedded(loaded).up(loaded.name, loaded.config)

    def destroy(self, loaded: LoadedStack) -> Outcome:
        """Delete everything of the stack but what must be kept. Refuses while anything is protected."""
        if self.engine is EngineName.PULUMI:
            with self._cli(loaded) as cli:
                return cli.destroy(loaded.name)
        return self._embedded(loaded).destroy(loaded.name, loaded.config)

    def export(self, loaded: LoadedStack) -> dict[str, Any]:
        """The stack's deployment as `pulumi stack import` takes it; secrets stay encrypted."""
        if self.engine is EngineName.PULUMI:
            with self._cli(loaded) as cli:
                return cli.export(loaded.name)
        return self._embedded(loaded).export(loaded.name)

    def projects_in(self, environment: LoadedStack) -> tuple[str, ...]:
        """The project stacks that are up in this environment, by what their own outputs say."""
        return tuple(
            stack
            for stack, outputs in self._all_outputs()
            if stack != environment.name and outputs.get("environment") == environment.name
        )

    def _all_outputs(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if self.engine is EngineName.EMBEDDED:
            deployments = [(stack, self.store.load(stack) or {}) for stack in self.store.stacks()]
        else:
            deployments = [
                (path.stem, json.loads(path.read_bytes())["checkpoint"]["latest"] or {})
                for path in sorted((self.home / "pulumi-cli").glob("state/.pulumi/stacks/*/*.json"))
            ]
        for stack, deployment in deployments:
            for resource in deployment.get("resources") or []:
                if resource["type"] == STACK_TYPE:
                    yield stack, resource.get("outputs") or {}

    def recorded_in_use(self) -> dict[str, list[str]]:
        """Type to the properties that were set and that the local cloud only records."""
        used: dict[str, set[str]] = {}
        for provider in self._providers.values():
            for kind, names in provider.recorded_in_use().items():
                used.setdefault(kind, set()).update(names)
        return {kind: sorted(names) for kind, names in sorted(used.items())}

    def account_of(self, loaded: LoadedStack) -> str:
        """The account whose credentials are played for a stack."""
        return self._account or loaded.stack.spec.aws.account

    def _servers(self, loaded: LoadedStack) -> Mapping[str, str]:
        account = self.account_of(loaded)
        if account not in self._providers:
            self._providers[account] = AwsProvider(self._cloud.endpoint if self._cloud else None, account)
            self._addresses[account] = self._providers[account].serve()
        return {"aws": self._addresses[account]}

    def _packs(self, loaded: LoadedStack) -> tuple[Path, ...]:
        return (loaded.root / BASELINE, *self._extra_packs)

    def _embedded(self, loaded: LoadedStack) -> Engine:
        key = (loaded.root, self.account_of(loaded))
        engine = self._engines.get(key)
        if engine is None:
            engine = Engine(
                Project.load(loaded.root),
                self.store,
                providers=self._servers(loaded),
                policy_packs=self._packs(loaded),
                on_event=self._on_event,
            )
            self._engines[key] = engine
        return engine

    def _cli(self, loaded: LoadedStack) -> CliProject:
        return PulumiCli.require().open(loaded.root, self.home, self._servers(loaded))

    def _set_stale_aside(self) -> tuple[str, ...]:
        """Move away the states that were made in another local cloud: nothing of them exists any more."""
        if self.engine is EngineName.PULUMI:
            return self._set_cli_state_aside()
        stale = [stack for stack in self.store.stacks() if self._is_stale(stack)]
        for stack in stale:
            with self.store.lock(stack):
                if self._is_stale(stack):  # another command may have begun it anew meanwhile
                    self.store.set_aside(stack, self._stale_folder())
        return tuple(stale)

    def _is_stale(self, stack: str) -> bool:
        """Whether its state was made in another local cloud; after --fresh whatever its files hold."""
        if self._fresh and self._cloud is not None and self._cloud.fresh:
            return True
        return self.store.meta(stack).get("cloud") != self.cloud_id

    def _set_cli_state_aside(self) -> tuple[str, ...]:
        """The same for the CLI's file backend, which is moved as a whole."""
        made_in = self.home / "pulumi-cli-cloud"
        backend = self.home / "pulumi-cli"
        known = made_in.read_text(encoding="utf-8") if made_in.exists() else ""
        stale: tuple[str, ...] = ()
        if known != self.cloud_id and backend.exists():
            stacks = backend.glob("state/.pulumi/stacks/*/*.json")
            stale = tuple(sorted(path.stem for path in stacks))
            backend.rename(self._stale_folder() / "pulumi-cli")
        made_in.write_text(self.cloud_id, encoding="utf-8")
        return stale

    def _stale_folder(self) -> Path:
        """This run's folder for what is set aside, readable by the owner only. The oldest others go."""
        if self._set_aside is None:
            name = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
            self._set_aside = self.home / "stale" / name
            self._set_aside.mkdir(mode=0o700, parents=True)
            others = sorted(p for p in self._set_aside.parent.iterdir() if p != self._set_aside)
            for folder in others[: max(0, len(others) - KEPT_STALE + 1)]:
                shutil.rmtree(folder, ignore_errors=True)
        return self._set_aside
