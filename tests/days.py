"""The example stacks as if they had been reviewed today.

What time does to a stack is tested where a test says so, not by the day on which tests are run. The days of
`components/catalog/vendors.json` stay: a year after an assessment, tests of upper tiers ask for the next one.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

_DAY = re.compile(r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}\b")
_REVIEW = re.compile(rf'last_review: "({_DAY.pattern})"')


def reviewed_today(stacks: Path) -> None:
    """Move every day in the files of a copied `stacks/` by as much as the newest review is old.

    The first of a month stays one, as Azure's budgets ask.
    """
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(stacks.rglob("*.yaml"))}
    reviews = [date.fromisoformat(day) for text in texts.values() for day in _REVIEW.findall(text)]
    later = datetime.now(UTC).date() - max(reviews)

    def moved(found: re.Match[str]) -> str:
        written = date.fromisoformat(found[0])
        day = written + later
        return str(day.replace(day=1) if written.day == 1 else day)

    for path, text in texts.items():
        path.write_text(_DAY.sub(moved, text), encoding="utf-8")
