#!/usr/bin/env bash
# Signs in as one of the platform's identities, by the CI system's own token, and previews or applies a stack.
# Usage: cloud.sh preview|drift|up STACK     Example: cloud.sh preview optimus-dev
#
# From the environment, none of it secret:
#   QLZ_STATE       where the states are, as PULUMI_BACKEND_URL has it; on AWS with ?profile=state
#   QLZ_STATE_ROLE  AWS: ARN of the role that reads (plan) or writes (apply) states, in an account of its own
#   QLZ_CLIENT_ID   Azure: client id of the identity of this place
#   QLZ_ORGANIZATION_ROLE  ARN of the role of the organization's stack, which is made by hand
#   QLZ_AUDIENCE_OF_CI     the audience of the tokens for the organization's role
#   QLZ_SINCE       a commit of this branch (pipelines/since.py): where a stack has only been tightened since then, and
#                   since it was applied, as its state says, no day that has passed stops it; without it each one does
# A job of GitLab or Azure Pipelines brings its token as QLZ_AWS_TOKEN or QLZ_AZURE_TOKEN; on GitHub it is asked for.
set -euo pipefail
unset QLZ_TIGHTENING # what the job is told of it is not believed
fail() { printf 'cloud: %s\n' "$*" >&2; exit 2; }
[[ $# -eq 2 ]] || fail 'needs preview, drift or up, and a stack'
operation=$1 stack=$2
case $operation in preview | drift) role=plan ;; up) role=apply ;; *) fail "no such operation: $operation" ;; esac
[[ $stack =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || fail 'that is not the name of a stack'
[[ ${QLZ_SINCE:-} =~ ^([0-9a-f]{40})?$ ]] || fail 'QLZ_SINCE is no commit'
cd "$(dirname "$0")/../.."

facts=$(.venv/bin/python -m pipelines.stacks --role "$role" --stack "$stack" --format shell)
[[ -n $facts ]] || fail "$stack has no pipeline: its environment names none under identity.ci"
eval "$facts" # quoted by pipelines/formats.py, from files of this commit
if [[ $QLZ_KIND == organization ]]; then
  QLZ_ROLE_ARN=${QLZ_ORGANIZATION_ROLE:?the ARN of the role of the organization, made by hand}
  QLZ_AUDIENCE=${QLZ_AUDIENCE_OF_CI:?the audience of the tokens for that role}
fi
state=${QLZ_STATE:?the URL of the states, as PULUMI_BACKEND_URL has it}
packs=(policy_packs/*/PulumiPolicy.yaml)
[[ -f ${packs[0]} ]] || fail 'there is no policy pack'

# Before there is any credential: the very same judgement as on the branch.
if [[ $operation == up ]]; then
  .venv/bin/qlz check "$stack" ${QLZ_SINCE:+--changed "$QLZ_SINCE"}
fi

umask 077
tokens=$(mktemp -d)
trap 'rm -rf "$tokens"' EXIT

token() { # writes the token for an audience to a file; never shows it
  if [[ ${GITHUB_ACTIONS:-} == true ]]; then
    [[ -n ${ACTIONS_ID_TOKEN_REQUEST_URL:-} ]] || fail 'the job lacks the permission id-token: write'
    curl --fail --silent --show-error --retry 3 --get --data-urlencode "audience=$1" \
      --header @<(printf 'Authorization: bearer %s\n' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN") \
      "$ACTIONS_ID_TOKEN_REQUEST_URL" |
      .venv/bin/python -c 'import json, sys; sys.stdout.write(json.load(sys.stdin)["value"])' >"$2"
  else
    local name=QLZ_${QLZ_CLOUD^^}_TOKEN
    [[ -n ${!name:-} ]] || fail "$name is empty: this job has no token of its CI system"
    printf '%s' "${!name}" >"$2"
  fi
}

case $QLZ_CLOUD in
  aws)
    if [[ -z ${AWS_SESSION_TOKEN:-} ]]; then # else a service connection has signed in already
      token "$QLZ_AUDIENCE" "$tokens/cloud"
      export AWS_ROLE_ARN=$QLZ_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE=$tokens/cloud
      export AWS_ROLE_SESSION_NAME=qlz-${GITHUB_RUN_ID:-${CI_PIPELINE_ID:-pipeline}}
    fi
    export AWS_REGION=$QLZ_REGION AWS_CONFIG_FILE=$tokens/aws AWS_EC2_METADATA_DISABLED=true
    if [[ -n ${QLZ_STATE_ROLE:-} ]]; then
      printf '[profile state]\nregion = %s\nrole_arn = %s\nweb_identity_token_file = %s\n' \
        "$QLZ_REGION" "$QLZ_STATE_ROLE" "$tokens/cloud" >"$tokens/aws"
    fi
    ;;
  azure)
    token "$QLZ_AUDIENCE" "$tokens/cloud"
    ARM_OIDC_TOKEN=$(cat "$tokens/cloud")
    export ARM_USE_OIDC=true ARM_OIDC_TOKEN
    export ARM_TENANT_ID=$QLZ_TENANT ARM_SUBSCRIPTION_ID=$QLZ_SUBSCRIPTION
    export ARM_CLIENT_ID=${QLZ_CLIENT_ID:?the client id of the identity of this place}
    export AZURE_TENANT_ID=$ARM_TENANT_ID AZURE_CLIENT_ID=$ARM_CLIENT_ID AZURE_FEDERATED_TOKEN_FILE=$tokens/cloud
    ;;
esac

# Nobody forgets the packs; nothing is downloaded but what install-pulumi.sh compared.
PULUMI_OPTION_POLICY_PACK=$(IFS=,; printf '%s' "${packs[*]%/PulumiPolicy.yaml}")
export PULUMI_OPTION_POLICY_PACK PULUMI_BACKEND_URL=$state
export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true PULUMI_SKIP_UPDATE_CHECK=true
name=${QLZ_PULUMI_ORGANIZATION:-organization}/qlz/$stack
if [[ $operation == up || ($operation == preview && -n ${QLZ_SINCE:-}) ]]; then
  tightens=$(pulumi stack history --stack "$name" --json --page 1 --page-size 100 |
    .venv/bin/python -m pipelines.applied "$stack")
  if [[ -n ${QLZ_SINCE:-} && $tightens == "$stack" ]]; then
    export QLZ_TIGHTENING=$stack
  elif [[ -n ${QLZ_SINCE:-} && $operation == up ]]; then
    .venv/bin/qlz check "$stack" # what was let pass above is not what would be applied
  fi
fi
case $operation in
  preview) pulumi preview --stack "$name" --non-interactive --diff ;;
  up) pulumi up --stack "$name" --non-interactive --yes ;;
  drift)
    pulumi preview --stack "$name" --non-interactive --diff --expect-no-changes
    # What changed behind the program's back. A bucket itself is left out: HeadBucket needs the right to list
    # names of objects, which plan does not have (SECURITY.md); its settings are resources of their own.
    pulumi refresh --stack "$name" --non-interactive --preview-only \
      --expect-no-changes --diff --exclude 'urn:pulumi:**::qlz::**aws:s3/bucket:Bucket::**'
    ;;
esac
