"""The way out, rehearsed: a copy of the project in which a stack is decommissioned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ruamel.yaml import YAML

from components.spec import LoadedStack, load_stack
from rehearsal.pulumi_cli.project_copy import copy_project

LIFECYCLE = "decommissioned"


@contextmanager
def decommissioned_copy(loaded: LoadedStack) -> Iterator[LoadedStack]:
    """The same stack, loaded from a copy of the project whose stack file says `lifecycle: decommissioned`.

    The user's own file is not touched. Raises SpecError if the changed file does not hold.
    """
    with TemporaryDirectory(prefix="qlz-decommission-") as folder:
        root = Path(folder) / "project"
        copy_project(loaded.root, root)
        path = root / loaded.file
        yaml = YAML()
        yaml.preserve_quotes = True
        document = yaml.load(path)
        document["config"]["qlz:spec"]["lifecycle"] = LIFECYCLE
        yaml.dump(document, path)
        yield load_stack(root, loaded.name)
