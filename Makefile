# Everything a person does with this repository. Needs Python 3.11 or newer and make; `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The first Python that really runs and is new enough; or say `make PYTHON=/path/to/python`.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)

BIN := .venv/bin
STAMP := .venv/.installed
PAGES := node_modules/.installed
OUT ?= out

# No prompts, no colors that confuse a log, the same with and without a terminal.
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.PHONY: help setup demo up test test-all check format bench docs catalogs capabilities pictures lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Housestaff needs Python 3.11 or newer on the path." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@scripts/install_lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $(STAMP)

$(PAGES): package-lock.json package.json | $(STAMP)
	@scripts/install_pages
	@touch $(PAGES)

setup: $(STAMP) $(PAGES) ## install all, with the browser of the tests and the program that prints Excel files
	@scripts/system_packages

demo: $(STAMP) $(PAGES) ## set up an invented program, solve and publish its year, write its files into out/
	$(BIN)/housestaff demo -o $(OUT)

up: $(STAMP) $(PAGES) ## run everything in one process: database, web, worker
	$(BIN)/housestaff up

test: check $(PAGES) ## the checks, then the tests
	@scripts/system_packages browser
	$(BIN)/pytest -n 2 --dist loadgroup -m "not slow and not control"

test-all: check $(PAGES) ## the checks, then every test, slow ones and controls too
	@scripts/system_packages browser
	$(BIN)/pytest -n 2 --dist loadgroup

check: $(STAMP) ## lint, format, import directions, types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/pyright --project pyproject.toml

format: $(STAMP) ## let ruff put the code in order
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(STAMP) $(PAGES) ## answer every question in benchmarks/
	@for script in benchmarks/[a-z]*.py; do case "$$script" in benchmarks/results.py|benchmarks/running.py) continue;; esac; \
	echo "$$script"; $(BIN)/python -m "benchmarks.$$(basename "$$script" .py)"; done

docs: $(STAMP) ## print docs/rules.md and its like from the code
	$(BIN)/python scripts/docs.py

catalogs: $(STAMP) ## bring the catalogs of languages in step with the templates, and say what is wrong
	$(BIN)/python -m scripts.catalogs

capabilities: $(STAMP) ## list what is claimed, with its tests and its controls
	$(BIN)/python -m tests.house.capabilities

pictures: $(STAMP) $(PAGES) ## draw the pictures of the README, and every page of the portal
	$(BIN)/python scripts/pictures.py $(OUT)
	$(BIN)/python -m scripts.portal_pictures

lock: $(STAMP) ## choose the newest versions and write requirements.lock
	env -u UV_INDEX -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_DEFAULT_INDEX -u UV_FIND_LINKS \
	$(BIN)/uv pip compile --quiet --no-config --universal --upgrade --generate-hashes --no-emit-index-url --no-header \
		--all-extras --output-file requirements.lock pyproject.toml

clean: ## remove all that can be made again
	rm -rf .venv node_modules src/housestaff/doors/web/static/vendor $(OUT) build dist .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
