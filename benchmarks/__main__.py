"""Run the measures and print them as tables for benchmarks/README.md; `--json` for machines."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from benchmarks import bare_calls, check, engine_time, memory, packs, preview
from benchmarks.common import Result, machine
from qlz.startup import begin_quickly

MEASURES: dict[str, Callable[[str, int], Result]] = {
    "preview": preview.measure,
    "up": bare_calls.measure,
    "memory": memory.measure,
    "engine": engine_time.measure,
    "packs": packs.measure,
    "check": check.measure,
    "all": check.measure_all,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "measures", nargs="*", metavar="MEASURE", help=f"of {', '.join(MEASURES)}; default: all"
    )
    parser.add_argument("--stack", default="optimus-prod", help="a project stack (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=5, help="runs of which the median is taken")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument(
        "--others", action="store_true", help="install and run checkov and c7n-left beside `packs`"
    )
    given = parser.parse_args()
    if given.others:
        MEASURES["packs"] = partial(packs.measure, compare=True)
    unknown = set(given.measures) - MEASURES.keys()
    if unknown:
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else one side compiles itself at each run
    begin_quickly()  # as `qlz` does, for what is measured within this process
    head = f"{datetime.now(UTC):%Y-%m-%d}, {machine()}"
    results = []
    if not given.json:
        print(head)
    for name, measure in MEASURES.items():
        if given.measures and name not in given.measures:
            continue
        result = measure(given.stack, given.runs)
        results.append(result)
        if not given.json:
            print(f"\n{result.table()}", flush=True)
    if given.json:
        document = {"measured": head, "results": {r.title: r.values for r in results}}
        print(json.dumps(document, indent=2))


if __name__ == "__main__":  # the provider's process imports this, too
    main()
