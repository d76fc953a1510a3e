#!/usr/bin/env bash
# Puts the check's report under its pull request, one comment that is replaced; prints number=N for the next step.
# Usage: comment.sh REPORTS, with GH_TOKEN, REPOSITORY, BASE, HEAD_OWNER, HEAD_BRANCH, HEAD_SHA and CONCLUSION as
# GitHub tells them. Which pull request the reports are for, and whose code wrote them, GitHub says, too: the
# reports could lie.
set -euo pipefail
[[ $# -eq 1 ]] || { echo 'comment: needs the folder of reports' >&2; exit 2; }
pulls=repos/$REPOSITORY/pulls
number=$(gh api --method GET "$pulls" -f state=open -f "base=$BASE" -f "head=$HEAD_OWNER:$HEAD_BRANCH" |
  jq --raw-output --arg sha "$HEAD_SHA" 'map(select(.head.sha == $sha))[0].number // empty')
if [[ -z $number ]]; then
  echo 'comment: no open pull request has this commit at its head any more' >&2
  exit 0
fi
code=$(gh api --paginate "$pulls/$number/files?per_page=100" | # of more than 3000 GitHub lists no more
  jq --raw-output --slurp 'add | if length < 3000
    and all(.[] | .filename, .previous_filename // .filename; startswith("stacks/")) then "base" else "branch" end')
[[ $(gh api "$pulls/$number" | jq --raw-output .head.sha) == "$HEAD_SHA" ]] || code=branch # it has moved on
mine=$(gh api --paginate "repos/$REPOSITORY/issues/$number/comments" |
  jq --raw-output --slurp 'add | map(select(.user.login == "github-actions[bot]"
    and (.body | startswith("<!-- qlz-check -->"))))[0].id // empty')
if [[ -n $mine ]]; then
  to=(--method PATCH "repos/$REPOSITORY/issues/comments/$mine")
else
  to=(--method POST "repos/$REPOSITORY/issues/$number/comments")
fi
python3 "$(dirname "$0")/../comment.py" "$1" "$CONCLUSION" "$code" | gh api --silent "${to[@]}" -F body=@-
printf 'number=%s\n' "$number"
