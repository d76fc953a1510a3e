"""Where the project and the rehearsals' files are."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from qlz.exit_codes import CommandError, ExitCode

PROJECT_FILE = "Pulumi.yaml"


def find_root(start: Path | None = None) -> Path:
    """The nearest folder at or above `start` (default: here) that holds Pulumi.yaml.

    Raises CommandError (bad input) when there is none.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    raise CommandError(
        f"no {PROJECT_FILE} in {here} or above it",
        code=ExitCode.BAD_INPUT,
        fix="run the command inside the project, or name it with --root",
    )


def rehearsal_home(root: Path, engine: str) -> Path:
    """The folder of one engine's rehearsals: its local cloud's record, state and passphrase (mode 0700).

    Each engine has a local cloud of its own, so that one never meets the other's resources.
    QLZ_HOME moves it away from `<root>/.qlz`.
    """
    base = os.environ.get("QLZ_HOME")
    home = (Path(base) if base else root / ".qlz") / engine
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def passphrase(home: Path) -> str:
    """The passphrase that encrypts the secrets of rehearsed state.

    PULUMI_CONFIG_PASSPHRASE where it is set, else one made once and kept in `home`/passphrase (mode 0600).
    """
    given = os.environ.get("PULUMI_CONFIG_PASSPHRASE")
    if given:
        return given
    path = home / "passphrase"
    draft = home / f".passphrase.{os.getpid()}"
    if not path.exists():
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link fails where the name exists: of two commands started at once, the first one's word holds.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    try:
        kept = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        kept = ""
    if not kept:
        raise CommandError(
            f"{path} does not hold a passphrase",
            code=ExitCode.UNDECIDED,
            fix="put it back; or remove that file and begin afresh: qlz rehearse up STACK… --fresh",
        )
    return kept
