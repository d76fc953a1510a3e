"""What serves or shows a whole account or subscription is made by its environment, never by a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy_packs.controls.control import Finding, Resource, ResourceJudge, fail
from policy_packs.controls.stack_facts import StackFacts


def left_to_environments(whole: Mapping[str, str]) -> ResourceJudge:
    """A rule that refuses a project these. whole: a type to why it concerns more than one project."""

    def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
        if facts.need().is_project:
            yield fail(f"{whole[resource.type]}, so a project may not make it")

    return judge
