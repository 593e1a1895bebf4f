# Every target works on a fresh clone: each first makes the virtual environment from the lock.
.DEFAULT_GOAL := help
SHELL := /bin/bash -euo pipefail
PYTHON ?= python3.11
CORES ?= all
CONFIG ?= config/config.yaml
BIN := .venv/bin
SNAKEMAKE := $(BIN)/snakemake --cores $(CORES)

.PHONY: help figures test test-unit test-workflow test-cluster lint bench bench-quick report lock clean

help:  ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Error: $(PYTHON) not found; name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@

figures: .venv/installed  ## every figure of $(CONFIG), into results/figures
	$(SNAKEMAKE) --configfile $(CONFIG)

report: .venv/installed  ## results/report.html: every figure with its caption and how it was made
	$(BIN)/snakemake --configfile $(CONFIG) --report results/report.html

test: test-unit  ## all tests; the workflow's run of reference serves the cluster's too
	$(BIN)/pytest tests/workflow tests/cluster -q -rs

test-unit: .venv/installed  ## the science, a minute or two
	OMP_NUM_THREADS=1 $(BIN)/pytest tests/unit -n 2 -q

test-workflow: .venv/installed  ## the workflow: what reruns, bad input, reproducibility
	$(BIN)/pytest tests/workflow -q

test-cluster: .venv/installed  ## the workflow on a real SLURM, started and stopped here
	$(BIN)/pytest tests/cluster -q -rs

lint: .venv/installed  ## style, types, workflow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/mypy
	$(BIN)/snakemake --lint

bench: .venv/installed  ## side by side with other programs, into benchmarks/results.csv
	$(BIN)/pip install --quiet --requirement benchmarks/requirements.txt
	$(BIN)/python -m benchmarks

bench-quick: .venv/installed  ## the same at small sizes, about a minute
	$(BIN)/pip install --quiet --requirement benchmarks/requirements.txt
	$(BIN)/python -m benchmarks --quick

lock:  ## write requirements.lock, and its copy in environment.yml, anew from pyproject.toml
	rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet torch==2.13.0
	.venv-lock/bin/pip install --quiet '.[dev]'
	.venv-lock/bin/pip freeze --exclude plmemory | sed 's/+cpu$$//' | grep -v '^nvidia-\|^triton=' > requirements.lock
	rm -rf .venv-lock
	sed -i '/^  - pip:/q' environment.yml
	sed 's/^/      - /' requirements.lock >> environment.yml

clean:  ## remove results (the virtual environment stays)
	find results -mindepth 1 ! -name README.md -delete
