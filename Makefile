# The two commands of the README. Both set everything up by themselves.
.PHONY: up rehearsal test exhaustive bench lint setup lock clean

QLZ = .venv/bin/qlz

up: setup
	@$(QLZ) rehearse up sandbox optimus-sandbox azure-sandbox catalyst-sandbox

# Every stack there is, environments first; those of Azure once more, whose elevation waits for the projects' groups.
STACKS = $(patsubst stacks/Pulumi.%.yaml,%,$(wildcard stacks/Pulumi.*.yaml))
rehearsal: setup
	@$(QLZ) rehearse up $(STACKS)
	@$(QLZ) rehearse up $(filter azure-%,$(STACKS))

test: setup lint
	@.venv/bin/python -m pytest --numprocesses auto --dist loadfile

# Every call failed once in every way, every step killed: takes many minutes.
exhaustive: setup
	@.venv/bin/python -m pytest -m exhaustive --timeout 7200 --numprocesses auto

# Both sides of each measure in one run; prints ratios.
bench: setup
	@.venv/bin/python -m benchmarks

lint: setup
	@.venv/bin/ruff format --check --quiet . && .venv/bin/ruff check --quiet .
	@.venv/bin/mypy

setup:
	@scripts/setup.sh

# Re-locks after a change of requirements.in; names no registry host.
lock: setup
	@.tools/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 requirements.in -o requirements.txt

clean:
	@rm -rf .venv .tools .qlz
