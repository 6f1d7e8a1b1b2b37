# hopsdrill: `make help` lists what can be done here.
VENV    ?= .venv
BIN     := $(VENV)/bin
READY   := $(VENV)/.ready
REPORTS ?= reports
SHELL   := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export AWS_EC2_METADATA_DISABLED := true

.PHONY: help setup check lint types layers unit drill-lint docs lab drill drill-new-cluster test qualify qualify-shard nightly lab-down bench pythons browser clean fmt lock

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## a virtual environment with everything, from the lock file

# A bare Debian has python3 without venv and pip; only then apt is asked.
$(READY): requirements.lock pyproject.toml
	@python3 -c 'import ensurepip, venv' 2>/dev/null || { apt-get update -qq && apt-get install -qq -y --no-install-recommends python3-venv; }
	@test -x $(BIN)/python || python3 -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

check: lint layers ## everything that needs no cluster
	@$(MAKE) --no-print-directory -j2 -O types drill-lint
	@$(MAKE) --no-print-directory unit

lint: $(READY) ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .

types: $(READY) ## mypy, strict
	@$(BIN)/mypy

layers: $(READY) ## import-linter: each layer sees only what is below it
	@$(BIN)/lint-imports --no-cache >/tmp/hopsdrill-layers.$$$$ 2>&1 || { cat /tmp/hopsdrill-layers.$$$$; rm -f /tmp/hopsdrill-layers.$$$$; exit 1; }; rm -f /tmp/hopsdrill-layers.$$$$

unit: $(READY) ## unit and plugin tests
	@$(BIN)/pytest -q -n auto

drill-lint: $(READY) ## every drill plan and feature, checked without running
	@$(BIN)/hopsdrill lint drills/*.yaml tests/lab/drills/*.yaml

lab: $(READY) ## the lab, up: engine, cluster, object store, Velero
	@$(BIN)/hopsdrill doctor --fix
	@$(BIN)/hopsdrill lab up

drill: lab ## the first drill: a weekly backup, restored in place, proved and reported
	@$(BIN)/hopsdrill run drills/in-place-restore.yaml --reports $(REPORTS)

drill-new-cluster: lab ## the second drill: the lab's cluster is destroyed, a new one restored from the bucket
	@$(BIN)/hopsdrill run drills/new-cluster-restore.yaml --reports $(REPORTS)

test: check lab ## everything: check, then the second drill and all tests on the real cluster, which restore in place many times
	@$(BIN)/hopsdrill run drills/new-cluster-restore.yaml --reports $(REPORTS)
	@$(BIN)/pytest -q -p no:randomly --durations=12 -m "not nightly" tests/contract tests/lab

qualify: lab ## every statement of the page on the real cluster, and what that covers
	@$(BIN)/hopsdrill run drills/page.yaml --reports $(REPORTS)/qualify
	@$(BIN)/hopsdrill coverage drills/page.yaml --runs $(REPORTS)/qualify

qualify-shard: lab ## a share of it: make qualify-shard SHARD=1/3
	@$(BIN)/hopsdrill run drills/page.yaml --shard $(SHARD) --reports $(REPORTS)

nightly: lab ## what changes seldom and takes long on the real cluster; a nightly workflow runs it
	@$(BIN)/pytest -q -p no:randomly --durations=12 -m nightly tests/lab

pythons: $(READY) ## the same report, byte for byte, by every Python there is here, in other time zones and locales
	@$(BIN)/pytest -q -p no:randomly tests/pythons

browser: $(READY) ## accessibility and print of the pages in a real Chromium (needs chromium and npm)
	@$(BIN)/pytest -q -p no:randomly tests/browser

lab-down: $(READY) ## the lab, down: leaves nothing running
	@$(BIN)/hopsdrill lab down

bench: lab ## speed, side by side with doing it by hand; see bench/
	@$(BIN)/python bench/lab.py --write docs/reference/performance.md
	@$(BIN)/python bench/fingerprints.py --write docs/reference/performance-fingerprints.md
	@$(BIN)/python bench/evidence.py --write docs/reference/performance-evidence.md
	@$(BIN)/python bench/versions.py --sizes 10000,100000,1000000 --write docs/reference/performance-objects.md
	@$(BIN)/python bench/rollback.py --keys 3000,50000 --write docs/reference/performance-objects.md

fmt: $(READY) ## put the code into its format
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format -q .

lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --group dev pyproject.toml -o requirements.lock

clean: ## remove the virtual environment and caches of this checkout
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache dist build
