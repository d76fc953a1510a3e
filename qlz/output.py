"""What people see (stderr) and what programs read (stdout, --json)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.status import Status
from rich.text import Text


class Reporter:
    """Text for people on stderr; with `json_mode` one JSON document on stdout and no decoration."""

    def __init__(self, *, json_mode: bool) -> None:
        self.json_mode = json_mode
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._status: Status | None = None

    def line(self, text: str | Text = "", style: str | None = None) -> None:
        """One line for people. Text that comes from a file or a cloud is never read as markup."""
        self.console.print(text if isinstance(text, Text) else Text(text), style=style)

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Show that `what` is under way: a spinner on a terminal, one line elsewhere."""
        if not self.console.is_terminal:
            self.line(f"{what} …")
            yield
            return
        with self.console.status(Text(what)) as status:
            self._status = status
            try:
                yield
            finally:
                self._status = None

    def progress(self, text: str) -> None:
        """Replace the text of the current `doing`; silent where there is no terminal."""
        if self._status is not None:
            self._status.update(Text(text))

    def document(self, data: dict[str, Any]) -> None:
        """The one JSON document of a command, on stdout; nothing without --json."""
        if self.json_mode:
            sys.stdout.write(json.dumps(data, indent=2, sort_keys=True, default=str) + "\n")
            sys.stdout.flush()
