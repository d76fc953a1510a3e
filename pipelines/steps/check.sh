#!/usr/bin/env bash
# Judges what a branch changes, with no credential, by the policy packs of the protected branch.
# Usage: check.sh BASE HEAD REPORTS     Example: check.sh HEAD^1 HEAD "$RUNNER_TEMP/reports"
#
# Run a copy of these steps that comes from BASE. Where nothing but stacks/ differs, all code is BASE's, and no
# word of the branch is run: its files are data. Else the branch's own program runs, which could say anything
# about itself: then the answer helps reviewers, and what binds is the same check before an apply.
set -euo pipefail
fail() { printf 'check: %s\n' "$*" >&2; exit 2; }
[[ $# -eq 3 ]] || fail 'needs two commits and a folder for reports'
base=$(git rev-parse --verify --quiet --end-of-options "$1^{commit}") || fail "no such commit: $1"
steps=$(cd "$(dirname "$0")" && pwd)
cd "$(git rev-parse --show-toplevel)"
head=$("$steps/merged.sh" "$base" "$2")
mkdir -p "$3"
reports=$(cd "$3" && pwd)

links=$(git ls-tree -r "$head" -- stacks policy_packs | awk '$1 == "120000"')
if [[ -n $links ]]; then
  fail 'stacks/ or policy_packs/ holds a symbolic link; put the file there itself'
fi
if git diff --quiet --no-renames "$base" "$head" -- . ':(exclude)stacks'; then
  code=base
  git checkout --quiet --detach "$base"
  git restore --source="$head" --worktree --staged -- stacks
else
  code=branch
  git checkout --quiet --detach "$head"
  git restore --source="$base" --worktree --staged -- policy_packs
fi
# A commit of what is judged, so that it can be compared with BASE like any other; what the branch's commits held
# in between, such as a secret that was taken out again, stays in its history.
export GIT_AUTHOR_NAME=qlz GIT_AUTHOR_EMAIL=qlz@localhost GIT_COMMITTER_NAME=qlz GIT_COMMITTER_EMAIL=qlz@localhost
git checkout --quiet --detach "$(git commit-tree "$(git write-tree)" -p "$base" -p "$head" -m 'What is judged')"
printf 'check: stacks of %s, policy packs of %s, program of %s\n' "$head" "$base" "$code" >&2
exec "$steps/report.sh" "$reports" --changed "$base"
