#!/usr/bin/env bash
# Whether a stack may go on, without a credential: 0 where its check says yes. A project that does not only tighten
# also waits for its environment, where that changes, too: locks come before what they hold.
# Usage: held.sh STACK COMMIT, or '' for COMMIT where none is known     Example: held.sh optimus-dev "$since"
set -euo pipefail
[[ $# -eq 2 ]] || { echo 'held: needs a stack, and a commit or nothing' >&2; exit 2; }
stacks() { .venv/bin/python -m pipelines.stacks --role apply --stack "$1" --format after "${@:2}"; }
row='' changed=()
[[ -z $2 ]] || row=$(stacks "$1" --since "$2")
if [[ -n $row ]]; then changed=(--changed "$2"); else row=$(stacks "$1"); fi
.venv/bin/qlz check "$1" "${changed[@]}"
read -r _ environment <<<"$row"
[[ -z $environment ]] || .venv/bin/qlz check "$environment" "${changed[@]}"
