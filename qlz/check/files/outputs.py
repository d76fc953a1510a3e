"""No output in a committed notebook (L2, R2): results stay in the results store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from qlz.check.files.rules import OUTPUT, finding, marked
from qlz.check.files.secrets import read
from qlz.check.report import Finding


def outputs(root: Path, paths: Iterable[str]) -> Iterator[Finding]:
    """Notebooks with outputs, one finding each. paths: relative to root."""
    for path in paths:
        if not path.casefold().endswith(".ipynb") or (data := read(root, path)) is None:
            continue
        try:
            notebook = json.loads(data)
            cells = [cell for cell in notebook["cells"] if cell.get("outputs")]
            widgets = notebook.get("metadata", {}).get("widgets")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            message = "cannot be read as a notebook, so nobody knows what it holds"
            yield finding(OUTPUT.id, message, path, fix="save it again, or remove it", verdict="undecided")
            continue
        if cells or widgets:
            count = f"{len(cells)} cell{'' if len(cells) == 1 else 's'}{' and of widgets' if widgets else ''}"
            line = data[: data.find(b'"outputs"')].count(b"\n") + 1
            content = json.dumps([[cell["outputs"] for cell in cells], widgets], sort_keys=True)
            found = finding(OUTPUT.id, f"holds the outputs of {count}", path, line)
            yield marked(found, path, content.encode("utf-8", "surrogateescape"))
