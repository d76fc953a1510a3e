#!/usr/bin/env bash
# Installs the Pulumi CLI and one cloud's provider below a folder, each compared with its digest in pins.env.
# Usage: install-pulumi.sh FOLDER aws|azure     Example: install-pulumi.sh "$RUNNER_TEMP/pulumi" aws
set -euo pipefail
fail() { printf 'install-pulumi: %s\n' "$*" >&2; exit 2; }
[[ $# -eq 2 ]] || fail 'needs a folder and a cloud'
folder=$1
case $2 in
  aws) provider=aws name=PROVIDER_AWS ;;
  azure) provider=azure-native name=PROVIDER_AZURE_NATIVE ;;
  *) fail "no such cloud: $2" ;;
esac
pins=$(dirname "$0")/../pins.env

pin() { # the value of a name in pins.env, of the shape it must have
  local value
  value=$(sed -n "s/^$1=//p" "$pins")
  [[ $value =~ ^$2$ ]] || fail "$1 is not set in pipelines/pins.env; the comment above it says where to take it from"
  printf '%s' "$value"
}
version=$(pin PULUMI_VERSION '[0-9]+\.[0-9]+\.[0-9]+')
digest=$(pin PULUMI_SHA256 '[0-9a-f]{64}')
provider_version=$(pin "${name}_VERSION" '[0-9]+\.[0-9]+\.[0-9]+')
provider_digest=$(pin "${name}_SHA256" '[0-9a-f]{64}')

mkdir -p "$folder"
archive=$folder/pulumi.tar.gz
source=${QLZ_PULUMI_SOURCE:-https://get.pulumi.com/releases/sdk} # a mirror of your own
curl --fail --silent --show-error --location --proto '=https,file' --retry 3 \
  --output "$archive" "$source/pulumi-v$version-linux-x64.tar.gz" || fail 'the Pulumi CLI could not be downloaded'
printf '%s  %s\n' "$digest" "$archive" | sha256sum --check --quiet - >&2 ||
  fail "pulumi-v$version-linux-x64.tar.gz is not what pins.env says; nothing of it was run"
tar --extract --gzip --file "$archive" --directory "$folder"
rm "$archive"
export PATH=$folder/pulumi:$PATH PULUMI_SKIP_UPDATE_CHECK=true
pulumi plugin install resource "$provider" "v$provider_version" --exact --checksum "$provider_digest" >&2
printf '%s\n' "$folder/pulumi"
