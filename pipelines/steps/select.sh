#!/usr/bin/env bash
# On GitHub: judges what the protected branch brought since a commit, and prints as outputs of a job which stacks to
# preview (plan) and to apply (environments, projects), and what is held up (held): a stack to which the check says
# no holds up itself, and what waits for it: a project that does not only tighten waits for its environment.
# Usage: select.sh REPORTS COMMIT, or '' for COMMIT where none is known: then every stack is meant
# Example: select.sh "$RUNNER_TEMP/reports" "$SINCE" >>"$GITHUB_OUTPUT"
set -euo pipefail
[[ $# -eq 2 ]] || { echo 'select: needs a folder for reports, and a commit or nothing' >&2; exit 2; }
since=() changed=() held=() without=()
[[ -z $2 ]] || since=(--since "$2") changed=(--changed "$2")
stacks() { .venv/bin/python -m pipelines.stacks --ci github "${since[@]}" "${without[@]}" "$@"; }
code=0
pipelines/steps/report.sh "$1" "${changed[@]:---all}" >&2 || code=$?
if [[ $code -ne 0 ]]; then
  rows=$(stacks --role apply --format after) # environments come first
  while read -r stack after <&3; do
    [[ -n $stack ]] || continue # there is none
    if [[ -n $after && " ${held[*]} " == *" $after "* ]] || ! .venv/bin/qlz check "$stack" "${changed[@]}" >&2; then
      held+=("$stack") without+=(--without "$stack")
    fi
  done 3<<<"$rows"
  [[ ${#held[@]} -gt 0 ]] || held=('no stack, but a file')
fi
plan=$(stacks --role plan)
environments=$(stacks --role apply --kind environment)
projects=$(stacks --role apply --kind project)
printf 'plan=%s\nenvironments=%s\nprojects=%s\nheld=%s\n' "$plan" "$environments" "$projects" "${held[*]}"
