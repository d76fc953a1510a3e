"""`qlz check --state`: what is deployed, judged by the stack's files as they are now."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from components.spec import LoadedStack, load_stack
from qlz.check.asking import asking, own, unanswered
from qlz.check.deployment import Deployment, read_deployment
from qlz.check.options import CheckOptions
from qlz.check.places import SPEC
from qlz.check.report import STATE_RULE, Finding, Report, Rule, StackReport
from qlz.exit_codes import CommandError, ExitCode
from rehearsal.engine import Project
from rehearsal.engine.analyzers import PolicyPackError
from rehearsal.engine.policy_wire import analyze_request, analyze_stack_request


def judged_state(root: Path, options: CheckOptions) -> Report:
    """The report on an exported deployment.

    Raises CommandError and SpecError (bad input): it is none, it is another project's or stack's, or the
    stack's own files are not right.
    """
    assert options.state is not None
    began = time.monotonic()
    project = Project.load(root)
    deployment = read_deployment(options.state)
    _refuse_foreign(deployment, project, options)
    loaded = load_stack(root, deployment.stack)
    rules: dict[str, Rule] = {}
    found: list[Finding] = []
    report = StackReport(loaded.name, file=loaded.file, line=loaded.line(*SPEC))
    report = replace(report, resources=len(deployment.resources))
    try:
        with asking(project, loaded, [pack.resolve() for pack in options.policy_packs], made=True) as asked:
            rules.update(asked.rules)
            report, found = replace(report, controls=asked.controls), asked.findings
            for resource in deployment.resources:
                asked.resource(analyze_request(resource.inputs))
            asked.stack(analyze_stack_request(each.outputs for each in deployment.resources))
    except PolicyPackError as problem:
        found.append(unanswered(loaded, problem))
    found += _pending(loaded, deployment)
    findings = tuple(sorted(found, key=lambda finding: finding.order))
    return Report((replace(report, findings=findings, seconds=time.monotonic() - began),), rules=rules)


def _refuse_foreign(deployment: Deployment, project: Project, options: CheckOptions) -> None:
    if deployment.project != project.name:
        raise CommandError(
            f"{options.state}: is a deployment of the project {deployment.project!r}, not of {project.name}",
            code=ExitCode.BAD_INPUT,
            fix="run the command in that project, or export one of this project's stacks",
        )
    if options.stacks and options.stacks != (deployment.stack,):
        raise CommandError(
            f"{options.state}: is a deployment of {deployment.stack!r}, not of {options.stacks[0]}",
            code=ExitCode.BAD_INPUT,
            fix=f"pulumi stack export --stack {options.stacks[0]}",
        )


def _pending(loaded: LoadedStack, deployment: Deployment) -> list[Finding]:
    """What an interrupted operation left open: nobody knows whether it is there."""
    message = "an operation on it was interrupted, so what is there is not known"
    fix = "run pulumi refresh, or bring the stack up, and export it again"
    return [replace(own(loaded, STATE_RULE, message, fix=fix), urn=urn) for urn in deployment.pending]
