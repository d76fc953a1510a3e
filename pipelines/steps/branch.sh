#!/usr/bin/env bash
# On GitLab: previews or applies every stack whose place is this branch, one after another; all are tried.
# Usage: branch.sh preview|drift|up BRANCH | branch.sh up --organization     Example: branch.sh preview dev-plan
set -euo pipefail
[[ $# -eq 2 && -n $2 ]] || { echo 'branch: needs an operation and a branch' >&2; exit 2; }
operation=$1 role=plan
[[ $operation != up ]] || role=apply
cd "$(dirname "$0")/../.."
if [[ $2 == --organization ]]; then which=(--kind organization); else which=(--ci gitlab --place "$2"); fi
rows=$(.venv/bin/python -m pipelines.stacks --role "$role" "${which[@]}" --format lines)
if [[ -z $rows ]]; then
  echo "branch: nothing to do: no stack has its place for $role here (identity.ci in the stack files)" >&2
  exit 0
fi
failed=()
while IFS=' ' read -r cloud stack <&3; do
  printf 'branch: %s of %s\n' "$operation" "$stack" >&2
  case $cloud in aws) QLZ_STATE=${QLZ_STATE_AWS:-} ;; azure) QLZ_STATE=${QLZ_STATE_AZURE:-} ;; esac
  path=$(pipelines/steps/install-pulumi.sh "${TMPDIR:-/tmp}/pulumi-$cloud" "$cloud")
  QLZ_STATE=$QLZ_STATE PATH=$path:$PATH pipelines/steps/cloud.sh "$operation" "$stack" || failed+=("$stack")
done 3<<<"$rows"
if [[ ${#failed[@]} -gt 0 ]]; then
  printf 'branch: failed: %s\n' "${failed[*]}" >&2
  exit 1
fi
