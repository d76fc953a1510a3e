"""The pack as an engine starts it; prints nothing but the port, which `serve` does."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # engines start a pack in its own folder

from policy_packs.controls.analyzer import serve
from policy_packs.regulated.policies import analyzer

serve(analyzer())
