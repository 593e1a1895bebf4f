# Every target works on a fresh clone: it first creates the virtual environment from the lock.
.DEFAULT_GOAL := help
SHELL := /bin/bash -euo pipefail
CORES ?= all
CONFIG ?= config/config.yaml
# Shells get these as environment variables: pasted into a command, a name could run code.
export CORES CONFIG RUN REF
BIN := .venv/bin
SNAKEMAKE := $(BIN)/snakemake --cores "$$CORES"
# Three test files at a time, in this order, also on two cores: tests on clusters mostly wait.
FILES := -n 3 --dist loadfile --no-loadscope-reorder

# Snakemake passes the path of its Python to a shell without quotes, and interprets braces.
ifneq (,$(shell pwd -P | tr -d '/._+,@%=~-' | LC_ALL=C grep '[[:space:][:punct:]]'))
$(error found a blank or a sign that shells read in the path of this folder, $(CURDIR); move it)
endif

# Snakemake, matplotlib and numba write files in the home; a read-only home is replaced.
ifeq (,$(shell mkdir -p "$$HOME/.cache" "$$HOME/.config" 2> /dev/null && test -w "$$HOME/.cache" -a -w "$$HOME/.config" && echo fine))
export XDG_CACHE_HOME ?= $(CURDIR)/.snakemake/cache
export XDG_CONFIG_HOME ?= $(CURDIR)/.snakemake/config
endif

# The Python of the environment: the existing one, else the first suitable one; PYTHON names one.
VERSIONS := 3.11 3.12 3.13
version = $(shell "$(1)" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
fitting = $(if $(filter $(VERSIONS),$(call version,$(1))),$(1))
ifdef PYTHON
ifneq ($(call version,$(PYTHON)),$(call version,$(BIN)/python))
.PHONY: .venv/installed
endif
else
PYTHON = $(firstword $(foreach name,$(BIN)/python $(VERSIONS:%=python%) python3,$(call fitting,$(name))))
endif

.PHONY: help figures page reference records found test test-unit test-package test-page test-workflow test-cluster test-faults fuzz lint docs gpu bench bench-quick guard mutants report lock dist tutorials clean

help:  ## show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

.venv/installed: requirements.lock pyproject.toml
	$(eval CHOSEN := $(PYTHON))
	$(if $(call fitting,$(CHOSEN)),,$(error found $(or $(CHOSEN),no Python that fits), expected Python $(VERSIONS); name one: make PYTHON=/path/to/python3.11))
	@[[ "$(CHOSEN)" == $(BIN)/python ]] || "$(CHOSEN)" -m venv --clear .venv
	$(BIN)/pip install --quiet --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@

.venv/gpu: requirements-gpu.lock .venv/installed
	$(BIN)/pip install --quiet --requirement requirements-gpu.lock
	touch $@

.venv/docs: requirements-docs.lock .venv/installed
	$(BIN)/pip install --quiet --requirement requirements-docs.lock
	touch $@

figures: .venv/installed  ## every figure of CONFIG (config/config.yaml) and the results page, into results
	[ ! -t 1 ] || bars="--logger rich"; $(SNAKEMAKE) $${bars:-} --configfile "$$CONFIG"

page: .venv/installed  ## the results page of CONFIG from existing results: results/<run>/page/index.html
	$(BIN)/python -m plmemory.plan.results_page "$$CONFIG"

report: .venv/installed  ## report.html: every figure of CONFIG with its caption and its provenance
	$(BIN)/snakemake --configfile "$$CONFIG" --report report.html

test: test-unit  ## all tests; the tests of the workflow and of the cluster share runs
	$(BIN)/pytest tests/cluster tests/package tests/page tests/workflow $(FILES) -q -rs

test-unit: .venv/installed  ## the science, in some four minutes
	OMP_NUM_THREADS=1 $(BIN)/pytest tests/unit -n 2 -q -rs

test-package: .venv/installed  ## the package on its own, in every Python found
	$(BIN)/pytest tests/package $(FILES) -q -rs

test-page: .venv/installed  ## the results page in a browser: Chromium, if installed (apt-get install chromium)
	$(BIN)/pytest tests/page -q -rs

test-workflow: .venv/installed  ## the workflow: reruns, bad input, reproducibility
	$(BIN)/pytest tests/workflow $(FILES) -q

test-cluster: .venv/installed  ## the workflow on a real SLURM, started and stopped here
	$(BIN)/pytest tests/cluster -q -rs

FAULTS ?= tests/unit/test_checkpoints.py tests/unit/test_checkpoints_rules.py tests/unit/test_lineage.py tests/unit/test_jobs.py \
	tests/workflow/test_faults.py tests/workflow/test_lineages.py tests/workflow/test_stale.py \
	tests/workflow/test_bad_input.py tests/cluster
TIMES ?= 3
test-faults: .venv/installed  ## the faults of docs/reliability.md, TIMES (3) times; FAULTS names test files
	for round in $$(seq $(TIMES)); do $(BIN)/pytest $(FAULTS) -q -rs; done

FOR ?= 60
fuzz: .venv/installed  ## damage files of every kind at random and read them, FOR (60) seconds each, CORES kinds at a time
	FUZZ_SECONDS=$(FOR) OMP_NUM_THREADS=1 $(BIN)/pytest tests/unit/test_fuzz.py -n "$${CORES/#all/auto}" --dist worksteal -q -rP -k damaged_file

lint: .venv/installed  ## style, types, workflow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/mypy
	$(BIN)/snakemake --lint

RECORDS := followed learnt marks paged planned recorded shown
records: .venv/installed  ## rewrite the records of the tests (tests/data): read the difference
	for each in $(RECORDS); do PYTHONPATH=tests $(BIN)/python -m unit.$$each; done

reference: .venv/installed  ## rewrite config/README.md and docs/figures.md from the contracts
	$(BIN)/python -m plmemory.plan.reference

found: .venv/installed  ## rewrite docs/found.md; RUN=laptop: from the tables of that run in results
	$(BIN)/python -m plmemory.plan.found $${RUN:+"results/$$RUN"}

# Not --quiet: hidden warnings are not counted, so a broken link would pass.
docs: .venv/docs  ## the documentation as a site, into build/site; begin at index.html
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

tutorials: .venv/installed  ## run the notebooks of docs/tutorials and store their outputs
	$(BIN)/python docs/tutorials/run.py

gpu: .venv/gpu  ## torch, for an NVIDIA GPU and for the tests that compare with it

bench: .venv/gpu  ## comparison with other programs, into benchmarks/results.csv
	$(BIN)/pip install --quiet --requirement benchmarks/requirements.txt
	$(BIN)/python -m benchmarks

bench-quick: .venv/gpu  ## the same at small sizes, about a minute
	$(BIN)/pip install --quiet --requirement benchmarks/requirements.txt
	$(BIN)/python -m benchmarks --quick

guard: .venv/installed  ## whether this tree is slower than REF, the last release
	$(BIN)/python -m benchmarks.guard $${REF:+"$$REF"}

SAMPLE ?= 150
SEED ?= 1
mutants: .venv/installed  ## how many of SAMPLE small faults in the sources the unit tests detect
	$(BIN)/python -m mutants --sample $(SAMPLE) --seed $(SEED)

# The oldest Python resolves the locks: these versions also run on the later ones.
lock:  ## rewrite the locks, and the copy in environment.yml, from pyproject.toml
	rm -rf .venv-lock && python3.11 -m venv .venv-lock
	.venv-lock/bin/pip install --quiet '.[workflow,proteins,notebook,dev]'
	.venv-lock/bin/pip freeze --exclude plmemory > requirements.lock
	.venv-lock/bin/pip install --quiet '.[docs]' --constraint requirements.lock
	.venv-lock/bin/pip freeze --exclude plmemory | grep -vxFf requirements.lock > requirements-docs.lock
	.venv-lock/bin/pip uninstall --quiet --yes --requirement requirements-docs.lock
	.venv-lock/bin/pip install --quiet torch==2.13.0 --constraint requirements.lock
	.venv-lock/bin/pip freeze --exclude plmemory | sed 's/+cpu$$//' | grep -v '^nvidia-\|^triton=' \
		| grep -vxFf requirements.lock > requirements-gpu.lock
	sed -i '/^  - pip:/q' environment.yml
	sed 's/^/      - /' requirements.lock >> environment.yml
	for python in python3.12 python3.13; do \
		if $$python --version > /dev/null 2>&1; then \
			$$python -m venv --clear .venv-lock; \
			.venv-lock/bin/pip install --quiet --dry-run --requirement requirements.lock; \
		else echo "No $$python here: not tried."; fi; \
	done
	rm -rf .venv-lock build

dist: .venv/installed  ## source and wheel of the package, into dist, checked as by a package index
	rm -rf dist && $(BIN)/python -m build --outdir dist
	$(BIN)/python -m twine check --strict dist/*

RUNS = $(patsubst results/%/,%,$(wildcard results/*/))
clean:  ## remove the results of one run: make clean RUN=laptop
	$(if $(findstring |$(RUN)|,$(RUNS:%=|%|)),,$(error RUN: found '$(RUN)', expected one of: $(RUNS)))
	find "results/$$RUN/" -mindepth 1 -delete
	@[[ -L "results/$$RUN" ]] || rmdir "results/$$RUN"
