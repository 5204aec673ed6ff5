# Everything a person or CI does here. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
UV_VERSION := 0.13.9
RUN := $(VENV)/bin
ENGAWA := $(RUN)/engawa
READY := $(VENV)/.ready
PYTEST := $(RUN)/python -m pytest -q
PARALLEL := -n 2 --dist loadfile
export PYTHONUNBUFFERED := 1

.PHONY: help setup demo up down check test bench evaluate faults chart contracts lock clean

help: ## List what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Install everything, as the lock file says, into .venv

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: set PYTHON=python3.11"; exit 1; }
	@test -x $(RUN)/python || $(PYTHON) -m venv $(VENV) \
		|| { echo "No venv module. Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing dependencies into $(VENV) …"
	@$(RUN)/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)
	@$(RUN)/uv pip sync -q --system-certs --require-hashes --python $(RUN)/python requirements.lock
	@$(RUN)/uv pip install -q --no-deps --no-build-isolation --python $(RUN)/python -e .
	@$(ENGAWA) models build
	@touch $@

demo: setup ## Start real servers, run the main job on real data, show what arrived, stop
	@$(ENGAWA) demo

up: setup ## Start the local servers
	@$(ENGAWA) up

down: setup ## Stop the local servers
	@$(ENGAWA) down

check: setup ## Lint, types, import rule, contracts, settings and topology
	@mkdir -p build
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .
	@$(RUN)/mypy
	@$(RUN)/lint-imports
	@$(ENGAWA) contracts
	@$(ENGAWA) check > build/check.txt || { cat build/check.txt; exit 1; }
	@echo "check: all good"

test: setup ## Run every test; integration tests start their own servers
	@$(PYTEST) $(PARALLEL) -m "not integration and not faults"
	@$(PYTEST) $(PARALLEL) -m "integration or faults"
	@echo "test: all passed"

bench: setup ## Measure against peers in one run; figures in build/bench.json
	@$(RUN)/python tests/bench/run.py

evaluate: setup ## What the recommender saves, in closed loop on EnergyPlus; build/energy.json
	@$(RUN)/python tests/evaluation/run.py

faults: setup ## The long fault run; figures in build/faults.json
	@$(RUN)/python tests/faults/run.py

chart: setup ## Draw the dataflow into the README
	@$(ENGAWA) chart --write

contracts: setup ## Write the Avro contracts from the records
	@$(ENGAWA) contracts --write

lock: setup ## Pin every dependency anew
	@$(RUN)/uv pip compile -q --system-certs --upgrade --python-version 3.11 --universal \
		--generate-hashes --no-emit-index-url --no-header --group dev pyproject.toml \
		-o requirements.lock

clean: ## Remove what was built here; servers stop first
	@if test -x $(ENGAWA); then $(ENGAWA) down; fi
	@rm -rf $(VENV) .engawa build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
