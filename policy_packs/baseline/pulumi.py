"""Found in the place of the SDK by `python -m pulumi.policy`, as engines start a pack in its own folder."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])  # the project in the place of this folder

from policy_packs.start import without_sdk  # noqa: E402 not found before

without_sdk()
