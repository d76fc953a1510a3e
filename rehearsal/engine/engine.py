"""The embedded engine: preview, up, destroy and export of a project's stacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from google.protobuf.struct_pb2 import Struct

from rehearsal.engine import urns
from rehearsal.engine.analyzers import PackSource
from rehearsal.engine.deletion import delete_all, left_over
from rehearsal.engine.deployment import Deployment
from rehearsal.engine.engine_service import EngineService
from rehearsal.engine.errors import (
    EngineError,
    PolicyBlocked,
    StackNotFound,
)
from rehearsal.engine.events import Diagnostic, Event, Finished, Outcome, StepStarted
from rehearsal.engine.in_process import ProviderServer
from rehearsal.engine.monitor import ResourceMonitor
from rehearsal.engine.policies import LateLog, PolicyGate
from rehearsal.engine.program import run_program
from rehearsal.engine.project import Project
from rehearsal.engine.recovery import settle
from rehearsal.engine.references import stored_outputs
from rehearsal.engine.reporter import Reporter
from rehearsal.engine.snapshot import Pending, Snapshot
from rehearsal.engine.store import Store

Config = Mapping[str, object]


class Engine:
    """Runs a project's program against provider servers that are already there.

    `providers` maps a package to `host:port` of its server (as PULUMI_DEBUG_PROVIDERS does), `policy_packs`
    are folders, relative ones below the project's root; in place of either the servicer object itself can
    stand, which is then asked in this process. Configurations are by fully-qualified key (`qlz:spec`), values
    plain JSON.

    What keeps an operation from beginning (a lock, an unreadable state, a wrong passphrase, an interrupted
    create that cannot be settled) is raised as EngineError; from then on everything is in the Outcome, its
    `error` included. One engine runs one operation at a time.
    """

    def __init__(
        self,
        project: Project,
        store: Store,
        *,
        providers: Mapping[str, ProviderServer],
        policy_packs: Sequence[PackSource] = (),
        on_event: Callable[[Event], None] = lambda event: None,
        organization: str = "organization",
        parallel: int = 8,
    ) -> None:
        self._project, self._store = project, store
        self._providers, self._packs = dict(providers), tuple(policy_packs)
        self._on_event, self._organization, self._parallel = on_event, organization, parallel
        self._previewed: dict[str, Struct] = {}
        # For an answer of another process, which is time for the next call.
        self._waits = any(isinstance(each, str) for each in providers.values()) or any(
            isinstance(each, Path) for each in policy_packs
        )

    def preview(self, stack: str, config: Config) -> Outcome:
        """Say what `up` would do. Changes nothing, in a cloud or in the state.

        A stack reference to a stack that this engine has previewed is answered from that preview, or from
        what `assume` was given.
        """
        return self._operate("preview", stack, config, *self._gate(stack, config, dry_run=True))[0]

    def previewed(self, stack: str) -> Struct | None:
        """The outputs of a stack's last preview, in wire form; what is still unknown is marked so."""
        return self._previewed.get(stack)

    def assume(self, stack: str, outputs: Struct) -> None:
        """Answer previews' references to a stack with these outputs, as if it had been previewed."""
        self._previewed[stack] = outputs

    def up(self, stack: str, config: Config) -> Outcome:
        """Preview, policies included; then, if nothing says no, do it.

        Where the preview says no its outcome is returned (`dry_run` is True): nothing was touched. Where it
        finds that there is nothing to do, in a cloud or in the state, the program is not run again.
        """
        with self._store.lock(stack):
            self._store.prepare()
            settled = self._settle(stack, "up")
            first = self._gate(stack, config, dry_run=True)
            second = self._gate(stack, config, dry_run=False, after=first[0])
            try:
                # The packs of the update come up while the preview runs, once it finds something to do.
                previewed, differs = self._operate(
                    "preview", stack, config, *first, on_change=second[0].begin_early
                )
                if previewed.result != "ok":
                    told = (*settled, *previewed.diagnostics)
                    return replace(previewed, operation="up", diagnostics=told)
                if differs:
                    outcome, _ = self._operate("up", stack, config, *second)
                else:
                    outcome = replace(previewed, operation="up", dry_run=False)
                    self._on_event(Finished(outcome))
            finally:
                second[0].close()
        self._previewed.pop(stack, None)
        return replace(outcome, diagnostics=(*settled, *outcome.diagnostics))

    def destroy(self, stack: str, config: Config) -> Outcome:
        """Delete all that the state holds. With a protected resource among it: nothing, all of them named.

        Raises StackNotFound. The configuration is not read: providers are configured from the state.
        """
        with self._store.lock(stack):
            if self._store.load(stack) is None:
                raise StackNotFound(stack)
            settled = self._settle(stack, "destroy")
            snapshot = Snapshot(self._store, stack, dry_run=False)
            reporter = Reporter(stack, "destroy", False, self._on_event)
            with EngineService(reporter.logged) as service:
                deployment = self._deployment(stack, snapshot, reporter, PolicyGate(None), service)
                try:
                    delete_all(deployment, snapshot.resources())
                except EngineError as problem:
                    deployment.fail(problem)
                finally:
                    deployment.registry.close()
                    snapshot.save()
        self._previewed.pop(stack, None)
        outcome = self._finish(deployment, None)
        return replace(outcome, diagnostics=(*settled, *outcome.diagnostics))

    def export(self, stack: str) -> dict[str, Any]:
        """The checkpoint, as `pulumi stack import` takes it. Raises StackNotFound."""
        deployment = self._store.load(stack)
        if deployment is None:
            raise StackNotFound(stack)
        return {"version": 3, "deployment": deployment}

    def pending(self, stack: str) -> tuple[Pending, ...]:
        """Operations that an earlier run began and did not finish."""
        return Snapshot(self._store, stack, dry_run=True).left_over

    def _gate(
        self, stack: str, config: Config, *, dry_run: bool, after: PolicyGate | None = None
    ) -> tuple[PolicyGate, LateLog]:
        log = LateLog()
        gate = PolicyGate.of(
            self._packs,
            after,
            root=self._project.root,
            project=self._project.name,
            stack=stack,
            organization=self._organization,
            dry_run=dry_run,
            config=self._project.texts(config),
            on_log=log,
        )
        return gate, log

    def _operate(
        self,
        operation: Literal["preview", "up"],
        stack: str,
        config: Config,
        gate: PolicyGate,
        log: LateLog,
        on_change: Callable[[], None] = lambda: None,
    ) -> tuple[Outcome, bool]:
        """What came of it, and whether there was anything to do; `on_change` hears of it early."""
        dry_run = operation == "preview"

        def heard(event: Event) -> None:
            if isinstance(event, StepStarted) and event.step.op != "same":
                on_change()
            self._on_event(event)

        gate.begin()
        reporter = Reporter(stack, operation, dry_run, heard)
        log.listener = reporter.logged
        try:
            snapshot = Snapshot(self._store, stack, dry_run=dry_run)
        except BaseException:
            gate.close()
            raise
        self._report_left_over(reporter, snapshot)
        texts = self._project.texts(config)
        with EngineService(reporter.logged) as service:
            deployment = self._deployment(stack, snapshot, reporter, gate, service)
            try:
                self._run(deployment, service, texts)
                self._conclude(deployment)
            except EngineError as problem:
                deployment.fail(problem)
            finally:
                outputs = self._record_outputs(deployment)
                deployment.registry.close()
                gate.close()
                snapshot.save()
        outcome = self._finish(deployment, outputs)
        if dry_run and outcome.result == "ok":
            self._previewed[stack] = outputs
        return outcome, snapshot.differs or set(outcome.changes) != {"same"}

    def _run(self, deployment: Deployment, service: EngineService, config: Mapping[str, str]) -> None:
        monitor = ResourceMonitor(
            deployment,
            organization=self._organization,
            config=config,
            parallel=self._parallel,
            outputs_of=lambda stack: self._outputs_of(stack, deployment.dry_run),
        )
        run_program(
            self._project,
            deployment.stack,
            organization=self._organization,
            config=config,
            monitor=monitor,
            engine=service,
            dry_run=deployment.dry_run,
            parallel=self._parallel,
            waits=self._waits,
            on_line=lambda line: deployment.reporter.logged("info", line, "", False),
        )

    def _conclude(self, deployment: Deployment) -> None:
        """After the program: judge the whole, then delete what it no longer declares."""
        if deployment.failure is not None:
            return
        deployment.reporter.policies = deployment.policies.policies
        violations = deployment.policies.analyze_stack(deployment.analyzed_stack())
        if deployment.reporter.violated(violations) and not deployment.dry_run:
            raise PolicyBlocked("a mandatory policy says no to the stack as a whole; nothing was deleted")
        delete_all(deployment, left_over(deployment))

    def _record_outputs(self, deployment: Deployment) -> Struct:
        """Write the stack's outputs down. After a failure those not registered again stay as they were."""
        root = deployment.news.get(
            deployment.urn("", urns.STACK_TYPE, f"{self._project.name}-{deployment.stack}")
        )
        if root is None:
            return Struct()
        outputs = Struct()
        if deployment.failure is not None and root.outputs is not None:
            outputs.CopyFrom(root.outputs)
        for key, value in (deployment.stack_outputs or Struct()).fields.items():
            outputs.fields[key].CopyFrom(value)
        root.outputs = outputs
        deployment.snapshot.done(touched=[root])
        return outputs

    def _outputs_of(self, stack: str, dry_run: bool) -> Struct | None:
        if dry_run and stack in self._previewed:
            return self._previewed[stack]
        return stored_outputs(self._store, stack)

    def _deployment(
        self,
        stack: str,
        snapshot: Snapshot,
        reporter: Reporter,
        gate: PolicyGate,
        service: EngineService,
    ) -> Deployment:
        return Deployment(
            project=self._project,
            stack=stack,
            dry_run=reporter.dry_run,
            snapshot=snapshot,
            reporter=reporter,
            policies=gate,
            servers=self._providers,
            log_address=service.serve,
            parallel=self._parallel,
        )

    def _finish(self, deployment: Deployment, outputs: Struct | None) -> Outcome:
        failure = deployment.failure
        if failure is not None and not isinstance(failure, EngineError):
            raise failure  # not an expected one: its traceback is wanted
        return deployment.reporter.finish(failure, outputs)

    def _settle(self, stack: str, operation: Literal["up", "destroy"]) -> tuple[Diagnostic, ...]:
        """Find out what came of operations that an earlier run left over; what there is to say about it."""
        if not (self._store.load(stack) or {}).get("pending_operations"):
            return ()
        snapshot = Snapshot(self._store, stack, dry_run=False)
        reporter = Reporter(stack, operation, False, self._on_event)
        self._report_left_over(reporter, snapshot)
        with EngineService(reporter.logged) as service:
            deployment = self._deployment(stack, snapshot, reporter, PolicyGate(None), service)
            try:
                settle(deployment)
            finally:
                deployment.registry.close()
        return tuple(reporter.diagnostics)

    def _report_left_over(self, reporter: Reporter, snapshot: Snapshot) -> None:
        for pending in snapshot.left_over:
            text = f"an earlier run was cut off while {pending.activity} it"
            reporter.say("warning", text, pending.urn)
