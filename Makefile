# The two commands of the README. Both set everything up by themselves.
.PHONY: up test lint setup clean

QLZ = .venv/bin/qlz

up: setup
	@$(QLZ) rehearse up sandbox optimus-sandbox

test: setup lint
	@.venv/bin/python -m pytest

lint: setup
	@.venv/bin/ruff format --check --quiet . && .venv/bin/ruff check --quiet .
	@.venv/bin/mypy

setup:
	@scripts/setup.sh

clean:
	@rm -rf .venv .tools .qlz
