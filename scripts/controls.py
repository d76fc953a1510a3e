"""Writes docs/controls.md and docs/frameworks.md from the controls: `python -m scripts.controls`.

What each control is for, its levels, its mapping and a program that it stops come from the control and its
cases, so the pages say what the packs do. `--check` writes nothing and exits 1 where a page is out of date.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from policy_packs.controls.control import TIERS, Control, Enforcement
from policy_packs.controls.registry import (
    all_controls,
    baseline_controls,
    module_of,
    pack_of,
    regulated_controls,
)
from policy_packs.controls.requirements import ALSO, GROUPS, JUDGED, NO_CONTROL, NOT_SHOWN

ROOT = Path(__file__).parents[1]
DATA = ROOT / "policy_packs" / "controls" / "data" / "frameworks.json"
CLOUDS = {"aws": "AWS", "azure": "Azure"}
NAMES = {
    "nist-800-53-r5": "NIST SP 800-53 r5",
    "iso-27001-2022-annex-a": "ISO/IEC 27001:2022 Annex A",
    "ncsc-cloud-principles": "NCSC Cloud Security Principles",
    "csa-ccm-4": "CSA Cloud Controls Matrix 4",
    "uk-gdpr": "UK GDPR (articles)",
}
GENERATED = "<!-- Written by `python -m scripts.controls`; change the controls, not this page. -->"
_LONGEST = 300


def serving(requirement: str, cloud: str) -> list[Control]:
    """The controls that serve a requirement on a cloud."""
    return [
        control
        for control in all_controls()
        if requirement in control.requirements and control.cloud in (cloud, "any")
    ]


def controls_page() -> str:
    """docs/controls.md."""
    return "\n".join([*_head(), *_table(), *_sections(), *_not_shown()])


def frameworks_page() -> str:
    """docs/frameworks.md."""
    return "\n".join(_frameworks())


def _head() -> Iterator[str]:
    total = len(all_controls())
    yield "# Controls"
    yield ""
    yield GENERATED
    yield ""
    yield (
        f"{total} controls in two packs: {len(baseline_controls())} in `baseline`, for every stack, and"
        f" {len(regulated_controls())} in `regulated`, which pre-production and regulated production demand"
        " besides. Each decides pass, fail or *cannot decide*, and the last counts like a failure. What a"
        " control counts follows from the stack's tier: an environment has the strictest tier that its level"
        " may host, a production environment that of its one project, the organization the strictest of all;"
        " where a stack file cannot be read, everything is mandatory."
    )
    yield ""
    yield (
        "A control looks at single resources, at the stack as a whole (what belongs together, what has to be"
        " there), or at what stack file and charter declare. Which findings an exception on record may cover"
        " is said of each; [frameworks.md](frameworks.md) turns the mapping round."
    )
    yield ""


def _table() -> Iterator[str]:
    yield "## By requirement"
    yield ""
    yield "| Requirement | AWS | Azure |"
    yield "|---|---|---|"
    for requirement, words in {**JUDGED, **ALSO}.items():
        cells = [_cell(requirement, cloud) for cloud in CLOUDS]
        yield f"| **{requirement}** {words} | {cells[0]} | {cells[1]} |"
    yield ""


def _cell(requirement: str, cloud: str) -> str:
    links = [f"[{_short(control)}](#{control.id})" for control in serving(requirement, cloud)]
    return ", ".join(links) or ("none, [see below](#what-no-control-can-show)")


def _short(control: Control) -> str:
    return control.id.removeprefix("qlz-")


def _sections() -> Iterator[str]:
    for letter, group in GROUPS.items():
        found = [control for control in all_controls() if control.id.startswith(f"qlz-{letter.lower()}")]
        if not found:
            continue
        yield f"## {letter} · {group}"
        yield ""
        for control in found:
            yield from _control(control)


def _control(control: Control) -> Iterator[str]:
    clouds = "AWS and Azure" if control.cloud == "any" else CLOUDS[control.cloud]
    looks = {"resource": "single resources", "stack": "the whole stack", "spec": "what is declared"}
    yield f'### <a id="{control.id}"></a>{control.title}'
    yield ""
    yield (
        f"`{control.id}` · {clouds} · {control.severity.value} · {_levels(control)} ·"
        f" pack `{pack_of(control)}` · over {looks[control.judges]}"
    )
    yield ""
    yield f"{control.why} *To do:* {control.fix}"
    yield ""
    yield f"- Serves {', '.join(control.requirements)}; {_exceptions(control)}."
    if control.types:
        yield f"- Looks at {', '.join(f'`{token}`' for token in control.types)}."
    mapped = (
        f"{NAMES[name]}: {', '.join(control.frameworks[name])}"
        for name in NAMES
        if name in control.frameworks
    )
    yield f"- Maps to {'; '.join(mapped)}."
    yield f"- Stops, for example: {_example(control)}"
    yield ""


def _levels(control: Control) -> str:
    levels = {tier: control.level(tier) for tier in TIERS}
    if set(levels.values()) == {Enforcement.MANDATORY}:
        return "mandatory in every tier"
    return ", ".join(f"{tier}: {level.value}" for tier, level in levels.items())


def _exceptions(control: Control) -> str:
    said = "exceptions may cover it" if control.admits_exceptions else "admits no exception"
    return f"{said}; a day decides, so a change that only tightens is let through" if control.timed else said


def _example(control: Control) -> str:
    """A failing case: its name, what the control says, and the resource where there is one small one."""
    folder, name = module_of(control).split(".")[-2:]
    cases: Any = importlib.import_module(f"tests.policies.{folder}.test_{name}").CASES
    case = next(each for each in cases.all if each.kind == "fail")
    texts = [text.partition("\nWhy: ")[0].partition(": ")[2] for text in case.messages()]
    said = next(text for text in texts if case.says in text)
    example = f"*{case.name}* — “{said.rstrip('.')}.”"
    if len(case.resources) == 1:
        (resource,) = case.resources
        props = json.dumps(resource.props, ensure_ascii=False, default=str)
        if 2 < len(props) <= _LONGEST and "`" not in props:
            example += f" `{resource.type}` with `{props}`"
    return example.replace("|", "\\|").replace("\n", " ")


def _not_shown() -> Iterator[str]:
    yield "## What no control can show"
    yield ""
    yield "Rather than a control that cannot fail, the reason:"
    yield ""
    for requirement, why in NO_CONTROL.items():
        yield f"- **{requirement}** ({JUDGED[requirement]}) has no control. {why}"
    for requirement, why in NOT_SHOWN.items():
        yield f"- **{requirement}**: {why}"
    yield ""


def _frameworks() -> Iterator[str]:
    known = json.loads(DATA.read_text(encoding="utf-8"))
    yield "# Frameworks"
    yield ""
    yield GENERATED
    yield ""
    yield (
        "Which controls serve which item of five frameworks. A mapping says that a control supports the item,"
        " not that it fulfils it: most items also ask for people and documents. Items without a control are"
        f" not listed. Ids and titles were copied on {known['copied']}."
    )
    yield ""
    for name, title in NAMES.items():
        framework = known["frameworks"][name]
        served = {
            item: [control for control in all_controls() if item in control.frameworks.get(name, ())]
            for item in framework["controls"]
        }
        listed = {item: controls for item, controls in served.items() if controls}
        yield f"## {title}"
        yield ""
        yield f"{framework['source']}. {len(listed)} items."
        yield ""
        yield "| Item | Controls |"
        yield "|---|---|"
        for item, controls in listed.items():
            links = ", ".join(f"[{_short(each)}](controls.md#{each.id})" for each in controls)
            yield f"| **{item}** {framework['controls'][item]} | {links} |"
        yield ""


PAGES = {"docs/controls.md": controls_page, "docs/frameworks.md": frameworks_page}


def main(arguments: list[str]) -> int:
    """Writes the pages, or with --check tells whether they are what it would write."""
    stale = []
    for name, write in PAGES.items():
        page, text = ROOT / name, write()
        if "--check" not in arguments:
            page.write_text(text, encoding="utf-8")
        elif not page.exists() or page.read_text(encoding="utf-8") != text:
            stale.append(name)
    for name in stale:
        sys.stderr.write(f"{name} is out of date: run python -m scripts.controls\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
