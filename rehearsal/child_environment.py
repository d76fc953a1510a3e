"""The environment of processes that a rehearsal starts: an allow-list, so that no credential slips
through."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

ALLOWED: Final = frozenset(
    {
        "PATH",
        "HOME",
        "USER",
        "LANG",
        "LANGUAGE",
        "TERM",
        "COLORTERM",
        "NO_COLOR",
        "TZ",
        "TMPDIR",
        "TEMP",
        "TMP",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "SYSTEMROOT",
        "LD_LIBRARY_PATH",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONPYCACHEPREFIX",
        "PYTHONWARNINGS",
        "QLZ_TIGHTENING",  # a stack's name, for the policy packs
    }
)


def child_environment(
    extra: Mapping[str, str] | None = None, *, base: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The allowed part of `base` (this process's environment) with `extra` over it.

    Left out with everything else that is not listed: cloud credentials and profiles, tokens, Pulumi's own
    variables, proxies (what is started talks over the loopback only).
    """
    source = os.environ if base is None else base
    kept = {key: value for key, value in source.items() if key in ALLOWED or key.startswith("LC_")}
    return {**kept, **(extra or {})}
