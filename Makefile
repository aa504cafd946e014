# Thin targets: each makes the environment it needs and calls a tool or the command 'safepassage'.
# The system's own Python where it is new enough: distributions build it with profile-guided optimisation, and version
# managers often do not, which makes everything here a fifth slower. Any other: make PYTHON=/path/to/python demo
PYTHON ?= $(shell for p in /usr/bin/python3 python3; do \
	$$p -c 'import ensurepip, ssl, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; \
	done; echo python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
export PIP_REQUIRE_VIRTUALENV = 1

.PHONY: help demo up test test-docker simulate mutants bench lint format wheel clean

help:          ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed; this is %d.%d (set PYTHON=...)" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.run

demo: $(VENV)/.run   ## a live network replays the caseload of 2009 (ARGS="--seed 7 --report report.json")
	@$(BIN)/safepassage demo $(ARGS)

up: $(VENV)/.run     ## the network of the last demo goes on; Ctrl-C ends it
	@$(BIN)/safepassage up $(ARGS)

test: $(VENV)/.dev   ## every test, on a real Kafka and PostgreSQL that need no Docker
	@$(BIN)/python -m pytest -n auto --dist worksteal tests/unit tests/simulation tests/conformance $(ARGS)
	@$(BIN)/python -m pytest tests/integration $(ARGS)

test-docker: $(VENV)/.dev  ## the integration tests on testcontainers; says so where there is no Docker
	@$(BIN)/python -m pytest tests/integration --on-docker $(ARGS)

simulate: $(VENV)/.dev  ## 500 seeded runs of the whole network in memory, with crashes and faults
	@$(BIN)/python -m pytest tests/simulation $(ARGS)

mutants: $(VENV)/.dev  ## does a test fail for each small fault put into the law? hours; ARGS='contracts.journeys.custody*'
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[mutants]'
	@$(BIN)/mutmut run $(ARGS); $(BIN)/mutmut results

bench: $(VENV)/.dev  ## what an event costs: the parts, and the whole network beside a bare path (ARGS=--no-servers)
	@$(BIN)/python -m tests.bench $(ARGS)

lint: $(VENV)/.dev   ## types, style, layers, generated files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m contracts.catalogue --check

format: $(VENV)/.dev ## put the code into its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

wheel: $(VENV)/.dev  ## the wheel safepassage-contracts, for agencies
	@$(BIN)/python -m build --wheel --outdir dist contracts

clean:         ## remove the environment and what was built
	rm -rf $(VENV) dist build *.egg-info
