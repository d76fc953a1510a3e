#!/bin/sh
# Sets up .venv from nothing: uv from the package index, then the hash-locked dependencies.
# No root, no account, no download of a Python or of the Pulumi CLI. Does nothing when up to date.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
fail() { say "setup: $*"; exit 2; }

PYTHON=${PYTHON:-python3}
command -v "$PYTHON" >/dev/null 2>&1 || fail "no $PYTHON on PATH; install Python 3.11 or later"
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "$("$PYTHON" --version) is too old; install Python 3.11 or later, or set PYTHON=python3.12"

stamp=.venv/.qlz-setup
want=$("$PYTHON" - <<'PY'
import hashlib, pathlib, sys
files = ("requirements.txt", "requirements-uv.txt", "pyproject.toml", "scripts/setup.sh")
parts = [pathlib.Path(f).read_bytes() for f in files]
parts += [sys.version.encode(), str(pathlib.Path.cwd()).encode()]
print(hashlib.sha256(b"\0".join(parts)).hexdigest())
PY
)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && exit 0

# uv reads its own settings only; hand it what pip was told about index and certificates.
pip_setting() { "$PYTHON" -m pip config get "global.$1" 2>/dev/null || true; }
[ -n "${UV_DEFAULT_INDEX:-}" ] || { v=${PIP_INDEX_URL:-$(pip_setting index-url)}; [ -z "$v" ] || export UV_DEFAULT_INDEX="$v"; }
[ -n "${UV_INDEX:-}" ] || { v=${PIP_EXTRA_INDEX_URL:-$(pip_setting extra-index-url)}; [ -z "$v" ] || export UV_INDEX="$v"; }
[ -n "${SSL_CERT_FILE:-}" ] || { v=${PIP_CERT:-$(pip_setting cert)}; [ -z "$v" ] || export SSL_CERT_FILE="$v"; }
export UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1

say "setup: installing uv"
if ! { [ -x .tools/bin/uv ] && .tools/bin/uv --version >/dev/null 2>&1; }; then
  rm -rf .tools
  "$PYTHON" -m venv .tools >/dev/null 2>&1 ||
    fail "$PYTHON cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv"
fi
.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt ||
  fail "the package index did not give uv; check the index settings of pip"

say "setup: installing the locked dependencies into .venv"
rm -f "$stamp"
.tools/bin/uv venv --quiet --allow-existing --python "$("$PYTHON" -c 'import sys; print(sys.executable)')" .venv
.tools/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes requirements.txt
.tools/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .

# uv writes no bytecode; compile what is imported, not all of it, so that the first run is as fast as the rest.
say "setup: compiling what is used"
env -u PYTHONDONTWRITEBYTECODE .venv/bin/python scripts/warm_imports.py

printf '%s' "$want" > "$stamp"
say "setup: done"
