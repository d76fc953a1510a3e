#!/usr/bin/env bash
# Runs `qlz check` in this folder and keeps what it says as text, and as the CI system shows it best.
# Usage: report.sh REPORTS [option of qlz check]…     Example: report.sh "$RUNNER_TEMP/reports" --all
set -euo pipefail
[[ $# -ge 2 ]] || { echo 'report: needs a folder for reports and what to check' >&2; exit 2; }
mkdir -p "$1"
reports=$(cd "$1" && pwd)
shift
scripts/setup.sh
if [[ ${GITHUB_ACTIONS:-} == true ]]; then form=sarif file=report.sarif; else form=junit file=report.junit.xml; fi
code=0
.venv/bin/qlz check "$@" --format "$form" --output "$reports/$file" 2>"$reports/said" || code=$?
cat "$reports/said" >&2 # with GitHub's annotations, where it is GitHub
sed '/^::/d' "$reports/said" >"$reports/report.txt"
rm "$reports/said"
exit "$code"
