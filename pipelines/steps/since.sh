#!/usr/bin/env bash
# On GitHub: prints since=COMMIT, the last one of this branch that this workflow applied without a failure, and
# since= where that cannot be told, or the run was asked for by hand: then every stack is meant. A run that failed,
# was rejected, or gave its place in the queue to a later one moves nothing: the next one takes up what it left.
# Usage: since.sh, with GH_TOKEN and what GitHub tells every job     Example: since.sh >>"$GITHUB_OUTPUT"
set -euo pipefail
since='' runs=repos/$GITHUB_REPOSITORY/actions
if [[ $GITHUB_EVENT_NAME == push ]]; then
  workflow=$(gh api "$runs/runs/$GITHUB_RUN_ID" | jq --raw-output .workflow_id)
  # Every run down to one that succeeded. A tag may bear the branch's name, and a forced push may have taken a
  # commit away: where one of them is not the branch's own, nothing is known.
  tried=$(gh api --method GET "$runs/workflows/$workflow/runs" -f "branch=$GITHUB_REF_NAME" -F per_page=100 |
    jq --raw-output '[.workflow_runs[] | select(.head_repository.id == .repository.id
        and (.event == "push" or .event == "workflow_dispatch"))] | sort_by(-.run_number)
      | (map(.conclusion == "success") | index(true)) as $last | if $last then .[:$last + 1][].head_sha else empty end')
  mapfile -t commits <<<"$tried"
  since=$(.venv/bin/python -m pipelines.since "${commits[@]}")
fi
printf 'since=%s\n' "$since"
