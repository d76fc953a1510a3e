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
from policy_packs.controls.control import UPPER_TIERS
from policy_packs.controls.spec_facts import tier_of
from qlz.clouds import Clouds, Played, cloud_of
from qlz.options import EngineName
from qlz.packs import in_process
from qlz.workspace import passphrase, rehearsal_home
from rehearsal.aws import AwsProvider
from rehearsal.azure import AzureProvider
from rehearsal.engine import Engine, Event, Outcome, Project, StateStore
from rehearsal.pulumi_cli import CliProject, PulumiCli
from rehearsal.sdk_modules import load_class_by_class

BASELINE = "policy_packs/baseline"
REGULATED = "policy_packs/regulated"
"""Asked where the stack's tier turns on what is in it: elsewhere everything in it is off."""
MADE_IN = "pulumi-cli-cloud"
"""Names the local cloud in which the CLI's states beside it were made."""
STACK_TYPE = "pulumi:pulumi:Stack"
KEPT_STALE = 5
"""So many times back, what was set aside as stale is kept."""


class Rehearsal:
    """A context in which stacks can be previewed, brought up, destroyed and exported.

    root: the project. starts_cloud: whether to start a stack's local cloud when there is none (a preview does
    not need one). account: whose credentials are played; by default each stack's own account.
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
        self._clouds = Clouds(self.home, on_progress)
        self._engines: dict[tuple[Path, Played, str, tuple[Path, ...], bool], Engine] = {}

    def __enter__(self) -> Self:
        if self.engine is EngineName.PULUMI:
            PulumiCli.require()
        self._clouds.find()
        if self._fresh:
            self._stop_clouds()
        self.stale = self._set_stale_aside()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clouds.close()

    def _stop_clouds(self) -> None:
        """Stop the local clouds, unless another command is at work in one. Raises StateLocked."""
        with ExitStack() as held:
            for stack in self.store.stacks():
                held.enter_context(self.store.lock(stack))
            self._clouds.stop()

    @property
    def cloud_ids(self) -> Mapping[str, str]:
        """The ids of the local clouds that run, by the name of their provider."""
        return self._clouds.ids

    def preview(self, loaded: LoadedStack) -> Outcome:
        """What an `up` would do, with every policy's verdict. Changes nothing."""
        if self.engine is EngineName.PULUMI:
            with self._cli(loaded) as cli:
                return cli.preview(loaded.name, self._packs(loaded))
        return self._embedded(loaded, here=True).preview(loaded.name, loaded.config)

    def up(self, loaded: LoadedStack) -> Outcome:
        """Preview, and only if that passes bring the stack up."""
        if self.engine is EngineName.PULUMI:
            with self._cli(loaded) as cli:
                return cli.up(loaded.name, self._packs(loaded))
        engine = self._embedded(loaded)
        self.store.set_meta(loaded.name, {"cloud": self._clouds.id(cloud_of(loaded))})
        return engine.up(loaded.name, loaded.config)

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
                for played in Played
                for path in sorted(self._cli_home(played).glob("pulumi-cli/state/.pulumi/stacks/*/*.json"))
            ]
        for stack, deployment in deployments:
            for resource in deployment.get("resources") or []:
                if resource["type"] == STACK_TYPE:
                    yield stack, resource.get("outputs") or {}

    def recorded_in_use(self) -> dict[str, list[str]]:
        """Type to the properties that were set and that the local cloud only records."""
        return self._clouds.recorded_in_use()

    def account_of(self, loaded: LoadedStack) -> str:
        """The account whose credentials are played for a stack."""
        return self._account or loaded.stack.account

    def _servers(self, loaded: LoadedStack) -> Mapping[str, str]:
        if self._starts_cloud:
            self._clouds.start(cloud_of(loaded))
        return self._clouds.servers(loaded, self.account_of(loaded))

    def _provider(self, loaded: LoadedStack) -> Mapping[str, AwsProvider | AzureProvider]:
        if self._starts_cloud:
            self._clouds.start(cloud_of(loaded))
        return {str(cloud_of(loaded)): self._clouds.provider(loaded, self.account_of(loaded))}

    def _packs(self, loaded: LoadedStack) -> tuple[Path, ...]:
        packs = (BASELINE, REGULATED) if tier_of(loaded) in UPPER_TIERS else (BASELINE,)
        return (*(loaded.root / pack for pack in packs), *self._extra_packs)

    def _embedded(self, loaded: LoadedStack, *, here: bool = False) -> Engine:
        """here: whether provider and own packs are asked in this process. A preview only computes, and to
        start processes for it takes longer than the rest."""
        load_class_by_class()
        packs = self._packs(loaded)
        key = (loaded.root, cloud_of(loaded), self.account_of(loaded), packs, here)
        engine = self._engines.get(key)
        if engine is None:
            engine = Engine(
                Project.load(loaded.root),
                self.store,
                providers=self._provider(loaded) if here else self._servers(loaded),
                policy_packs=[in_process(pack) for pack in packs] if here else packs,
                on_event=self._on_event,
            )
            self._engines[key] = engine
        return engine

    def _cli(self, loaded: LoadedStack) -> CliProject:
        played = cloud_of(loaded)
        servers = self._servers(loaded)
        home = self._cli_home(played)
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        (home / MADE_IN).write_text(self._clouds.id(played), encoding="utf-8")
        return PulumiCli.require().open(loaded.root, home, servers)

    def _cli_home(self, played: Played) -> Path:
        """Where the CLI keeps a cloud's stacks: each cloud has its own end, and its states with it."""
        return self.home if played is Played.AWS else self.home / played

    def _set_stale_aside(self) -> tuple[str, ...]:
        """Move away the states that were made in another local cloud: nothing of them exists any more."""
        if self.engine is EngineName.PULUMI:
            return self._set_cli_state_aside()
        stale = [stack for stack in self.store.stacks() if self._is_stale(stack)]
        for stack in stale:
            with self.store.lock(stack):
                self._clouds.find()  # another command may have started one, and begun it anew meanwhile
                if self._is_stale(stack):
                    self.store.set_aside(stack, self._stale_folder())
        return tuple(stale)

    def _is_stale(self, stack: str) -> bool:
        """Whether its state was made in a local cloud that is gone; after --fresh whatever its files hold."""
        if self._fresh and not self._clouds.ids:
            return True
        return self.store.meta(stack).get("cloud") not in self._clouds.ids.values()

    def _set_cli_state_aside(self) -> tuple[str, ...]:
        """The same for the CLI's file backends, one for each cloud, which are moved as a whole."""
        stale: list[str] = []
        for played in Played:
            home = self._cli_home(played)
            made_in, backend = home / MADE_IN, home / "pulumi-cli"
            known = made_in.read_text(encoding="utf-8") if made_in.exists() else ""
            if known != self._clouds.id(played) and backend.exists():
                stale += sorted(path.stem for path in backend.glob("state/.pulumi/stacks/*/*.json"))
                backend.rename(self._stale_folder() / f"pulumi-cli-{played}")
        return tuple(stale)

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
