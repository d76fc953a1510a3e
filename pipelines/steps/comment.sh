#!/usr/bin/env bash
# Puts the check's report under its pull request, one comment that is replaced; prints number=N for the next step.
# Usage: comment.sh REPORTS, with GH_TOKEN, REPOSITORY, HEAD_OWNER, HEAD_BRANCH, HEAD_SHA and CONCLUSION as
# GitHub tells them. The reports do not say which pull request they are for: whoever wrote them could lie.
set -euo pipefail
[[ $# -eq 1 ]] || { echo 'comment: needs the folder of reports' >&2; exit 2; }
number=$(gh api --method GET "repos/$REPOSITORY/pulls" -f state=open -f "head=$HEAD_OWNER:$HEAD_BRANCH" |
  jq --raw-output --arg sha "$HEAD_SHA" 'map(select(.head.sha == $sha))[0].number // empty')
if [[ -z $number ]]; then
  echo 'comment: no open pull request has this commit at its head any more' >&2
  exit 0
fi
body=$(python3 "$(dirname "$0")/../comment.py" "$1" "$CONCLUSION")
mine=$(gh api --paginate "repos/$REPOSITORY/issues/$number/comments" |
  jq --raw-output --slurp 'add | map(select(.user.login == "github-actions[bot]"
    and (.body | startswith("<!-- qlz-check -->"))))[0].id // empty')
if [[ -n $mine ]]; then
  gh api --silent --method PATCH "repos/$REPOSITORY/issues/comments/$mine" -f "body=$body"
else
  gh api --silent --method POST "repos/$REPOSITORY/issues/$number/comments" -f "body=$body"
fi
printf 'number=%s\n' "$number"
