"""What a preview does not wait for: it loads no cloud's SDK, derives no key and rarely looks for garbage."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from qlz.startup import ALLOCATIONS
from tests.qlz.conftest import ROOT, Workplace

PREVIEW = """\
import gc, json, sys
from qlz.__main__ import main
sys.argv = ["qlz", "rehearse", "preview", "sandbox"]
try:
    main()
except SystemExit as ended:
    code = ended.code
from rehearsal.engine import passphrase
loaded = sorted({"boto3", "jsonschema", "moto"} & sys.modules.keys())
print(json.dumps([code, loaded, len(passphrase._keys), gc.get_threshold()[0]]))
"""


def test_a_preview_loads_and_does_only_what_it_needs(workplace: Workplace) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PREVIEW],
        cwd=workplace.root,
        env={**os.environ, "QLZ_HOME": str(workplace.home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [0, [], 0, ALLOCATIONS]
