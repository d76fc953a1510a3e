"""What a check of a pull request found, as a comment. Needs nothing but Python.

    python3 pipelines/comment.py REPORTS success|failure base|branch

The reports come from a job that may have run a branch's code: they are shown as text in a fenced block and
believed in nothing. What the check said is the job's conclusion, and whose code ran follows from the files
that the branch changes: the CI system tells both.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

MARK = "<!-- qlz-check -->"
"""Tells this comment from others, so that it is replaced."""
LONGEST = 50_000
"""Characters of a report that are shown; GitHub takes 65,536 in all."""
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")


def body(reports: Path, conclusion: str, code: str) -> str:
    """The comment, in Markdown. code: base where all code that ran was the protected branch's."""
    said = {"success": "The check says yes.", "failure": "The check says no, or could not decide."}
    lines = [MARK, f"### qlz check: {said.get(conclusion, 'The check did not end.')}", ""]
    if code == "base":
        lines.append("Only `stacks/` differs, so all code that judged it is the protected branch's.")
    else:
        lines.append(
            "The branch brings code of its own, and that ran: this report is a help to reviewers. "
            "What binds is the same check on the protected branch, before anything is applied."
        )
    text = _text(reports / "report.txt")
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return "\n".join(
        [
            *lines,
            "",
            "<details open><summary>Report</summary>",
            "",
            fence + "text",
            text,
            fence,
            "",
            "</details>",
            "",
        ]
    )


def _text(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return f"There is no {path.name}: the check ended before it could write one. See its log."
    with path.open("rb") as stream:
        text = stream.read(4 * LONGEST).decode("utf-8", "replace")
    text = _CONTROL.sub("", text)
    return text if len(text) <= LONGEST else text[:LONGEST] + "\n… the rest is in the job's reports"


if __name__ == "__main__":
    sys.stdout.write(body(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
