"""Reads files of the project, and nothing outside them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from components.spec.problems import Problem, SpecError
from components.spec.strict_yaml import MAX_BYTES, Document, read_yaml

STACKS = "stacks"


class Files:
    """The project's files. What a file names is looked for under stacks/ only, links followed and checked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.stacks = root / STACKS
        self._resolved = cache(Path.resolve)

    def document(self, relative: str) -> Document:
        """Read a YAML file given relative to the root. Raises SpecError."""
        return read_yaml(relative, self.read(relative, MAX_BYTES))

    def read(self, relative: str, limit: int) -> bytes:
        """A file's bytes. Raises SpecError when it is missing, too large, no file, or outside the project."""
        path = self.root / relative
        try:
            resolved = path.resolve(strict=True)
            home = self._resolved(self.stacks if relative.startswith(f"{STACKS}/") else self.root)
            if not resolved.is_relative_to(home) or not home.is_relative_to(self._resolved(self.root)):
                raise SpecError(
                    [Problem(relative, 0, "", "leads outside the project", "put the file there itself")]
                )
            if not resolved.is_file():
                raise SpecError([Problem(relative, 0, "", "is not a file")])
            with resolved.open("rb") as stream:
                data = stream.read(limit + 1)
        except FileNotFoundError:
            raise SpecError([Problem(relative, 0, "", "does not exist")]) from None
        except (OSError, RuntimeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it cannot be opened"
            raise SpecError([Problem(relative, 0, "", f"cannot be read: {reason}")]) from None
        if len(data) > limit:
            raise SpecError([Problem(relative, 0, "", "is too large", f"at most {limit} bytes")])
        return data

    def stack_names(self) -> tuple[str, ...]:
        """The stacks that have a file, sorted."""
        names = (path.name for path in self.stacks.glob("Pulumi.*.yaml"))
        return tuple(sorted(name.removeprefix("Pulumi.").removesuffix(".yaml") for name in names))
