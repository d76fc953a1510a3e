#!/usr/bin/env bash
# Prints the commit to judge: HEAD where it holds BASE already, else what merging the two would make.
# Usage: merged.sh BASE HEAD     Example: merged.sh origin/main 1a2b3c…
set -euo pipefail
fail() { printf 'merged: %s\n' "$*" >&2; exit 2; }
[[ $# -eq 2 ]] || fail 'needs two commits'
base=$(git rev-parse --verify --quiet --end-of-options "$1^{commit}") || fail "no such commit: $1"
head=$(git rev-parse --verify --quiet --end-of-options "$2^{commit}") || fail "no such commit: $2"
if ! git merge-base --is-ancestor "$base" "$head"; then
  tree=$(git merge-tree --write-tree "$base" "$head") || fail 'it conflicts with the protected branch; merge that into it first'
  export GIT_AUTHOR_NAME=qlz GIT_AUTHOR_EMAIL=qlz@localhost GIT_COMMITTER_NAME=qlz GIT_COMMITTER_EMAIL=qlz@localhost
  head=$(git commit-tree "$tree" -p "$base" -p "$head" -m 'As it would be merged')
fi
printf '%s\n' "$head"
