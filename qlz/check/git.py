"""What git says of the project's files. Nothing in a repository is run, and nothing of it is changed."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from qlz.exit_codes import CommandError, ExitCode

SECONDS: Final = 120
_QUIET: Final = (
    "--no-replace-objects",
    *("-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "core.hooksPath=/dev/null"),
    *("-c", "core.untrackedCache=false", "-c", "core.sparseCheckout=false", "-c", "index.sparse=false"),
)
_MOST_BYTES: Final = 1024 * 1024


@dataclass(frozen=True)
class Base:
    """The commit that a branch left another one at. Paths are relative to `root`, with forward slashes."""

    root: Path
    name: str
    commit: str

    @classmethod
    def of(cls, root: Path, name: str) -> Base:
        """Find it. Raises CommandError (bad input) where it cannot be told."""
        if _git(root, "rev-parse", "--git-dir") is None:
            raise _wrong(
                "this is no git repository, so nothing says what has changed", "clone it, or use --all"
            )
        found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        shallow = (_git(root, "rev-parse", "--is-shallow-repository") or b"").strip() == b"true"
        deepen = "fetch all of its history (actions/checkout: fetch-depth: 0; git fetch --unshallow)"
        if found is None:
            fix = deepen if shallow else "name a branch or commit, such as origin/main, and fetch it first"
            raise _wrong(f"git knows no commit {name!r}", fix)
        base = _git(root, "merge-base", "--end-of-options", found.decode().strip(), "HEAD")
        if base is None:
            fix = deepen if shallow else "name the branch that this one was made from"
            said = "this clone is shallow" if shallow else "they share no history"
            raise _wrong(f"where this branch left {name!r} cannot be told: {said}", fix)
        return cls(root, name, base.decode().strip())

    def changed(self) -> tuple[str, ...]:
        """Files below the root that are not as they were there: committed or not, gone, or new.

        Of those that git ignores only what stacks are read from. Every file is read: the repository's own
        index may have been told not to look (--assume-unchanged, --skip-worktree, a sparse checkout), or
        believe that what kept its times and size is what it was.
        """
        words = ("--name-only", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules=none")
        with TemporaryDirectory(prefix="qlz-check-") as folder:
            index = f"{folder}/index"
            read = _git(self.root, "read-tree", self.commit, index=index)
            found = _git(self.root, "diff", *words, "--relative", "--", ".", index=index)
            new = _git(self.root, "ls-files", "-z", "--others", "--exclude-standard", index=index)
            stacks = ("stacks/*.yaml", "stacks/*.xml")
            ignored = _git(self.root, "ls-files", "-z", "--others", "--", *stacks, index=index)
        there = _git(self.root, "ls-files", "-z", "--cached")
        if read is None or found is None or new is None or ignored is None or there is None:
            raise _wrong("git cannot say what has changed", "see: git status")
        paths = {os.fsdecode(path) for path in (found + new + ignored + there).split(b"\0") if path}
        same = {*self.paths()} - {os.fsdecode(path) for path in found.split(b"\0")}
        return tuple(sorted(paths - same))

    def paths(self) -> tuple[str, ...]:
        """Every file below the root as it was there."""
        found = _git(self.root, "ls-tree", "-r", "-z", "--name-only", self.commit)
        if found is None:
            raise _wrong("git cannot say what there was", f"see: git ls-tree {self.commit}")
        return tuple(os.fsdecode(path) for path in found.split(b"\0") if path)

    def versions(self) -> tuple[tuple[str, str], ...]:
        """Path and id of every version that the branch's commits gave a file; of merges what none of the
        merged commits had."""
        words = ("--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative", "-c")
        found = _git(
            self.root, "log", "--format=", "--no-ext-diff", *words, f"{self.commit}..HEAD", "--", "."
        )
        above = _git(self.root, "rev-parse", "--show-prefix")  # a merge's paths are never relative
        if found is None or above is None:
            raise _wrong("git cannot list what this branch held", f"see: git log {self.commit}..HEAD")
        told = iter(found.split(b"\0"))
        pairs = [(part.lstrip(b"\n"), next(told)) for part in told if part.lstrip(b"\n").startswith(b":")]
        prefix = above.removesuffix(b"\n")
        versions = [
            (os.fsdecode(path.removeprefix(prefix)), entry.split()[-2].decode("ascii"))
            for entry, path in pairs
        ]
        return tuple((path, version) for path, version in versions if version.strip("0"))

    def blob(self, version: str) -> bytes | None:
        """A version's content."""
        return _git(self.root, "cat-file", "blob", version)

    def read(self, path: str) -> bytes | None:
        """A file as it was there; None where there was none."""
        return _git(self.root, "cat-file", "blob", f"{self.commit}:./{path}")


def line(root: Path, most: int) -> tuple[str, ...]:
    """HEAD and the commits before it, newest first; behind a merge the one that was merged into.

    Raises CommandError (bad input) where git cannot tell.
    """
    found = _git(root, "rev-list", "--first-parent", f"--max-count={most}", "HEAD")
    if found is None:
        raise _wrong("git cannot list the commits of this branch", "see: git log --first-parent")
    return tuple(found.decode("ascii").split())


def tracked(root: Path) -> tuple[str, ...] | None:
    """Files below the root that are committed, or would be; None where this is no git repository.

    Raises CommandError where there is no git.
    """
    found = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if found is None:
        return None
    return tuple(sorted({os.fsdecode(path) for path in found.split(b"\0") if path}))


def _git(root: Path, *words: str, index: str = "") -> bytes | None:
    """What it writes; None where it says no. Raises CommandError where there is no git.

    index: a file in place of the repository's own index.
    """
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    if index:
        environment["GIT_INDEX_FILE"] = index
    try:
        ran = subprocess.run(  # noqa: S603 - fixed words, and names after --end-of-options
            ["git", *_QUIET, *words],  # noqa: S607 - whichever git the caller has
            cwd=root,
            env=environment,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise _wrong(
            "git is not installed, so nothing says what has changed", "install it, or use --all"
        ) from None
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise _wrong(f"git does not answer: {problem}", "see: git status") from None
    return ran.stdout if ran.returncode == 0 else None


def _wrong(what: str, fix: str) -> CommandError:
    return CommandError(what, code=ExitCode.BAD_INPUT, fix=fix)
