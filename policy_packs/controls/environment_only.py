"""What serves or shows a whole account or subscription is made by its environment, never by a project.

What is bound to an organization is made by neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy_packs.controls.control import Finding, Resource, ResourceJudge, fail
from policy_packs.controls.stack_facts import StackFacts


def left_to_environments(whole: Mapping[str, str], above: Mapping[str, str] | None = None) -> ResourceJudge:
    """A rule that refuses a project these, and an environment those of `above`, too.

    Both: a type to why it concerns more than one project, or more than one environment.
    """
    above = above or {}

    def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
        declared = facts.need()
        if declared.is_project:
            yield fail(f"{above.get(resource.type) or whole[resource.type]}, so a project may not make it")
        elif declared.is_environment and resource.type in above:
            yield fail(f"{above[resource.type]}, so an environment may not make it")

    return judge
