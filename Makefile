# Two commands set everything up on a fresh machine: `make demo` and `make test`. They need Python 3.11 or later.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# one process a core; whoever is done takes tests from the other
PYTEST := $(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help demo test coverage check lint types layers format models package docs clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.installed ## Rank the embedded corpus, show the ranking and the evaluation
	@$(BIN)/tiab demo

test: $(VENV)/.developed ## Run the tests
	@$(PYTEST)

coverage: $(VENV)/.developed ## Run the tests and show which lines they reach
	@$(PYTEST) --cov=tiab --cov-report=term:skip-covered

check: lint types layers ## Check style, types and layers

lint: $(VENV)/.developed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.developed
	@$(BIN)/mypy

layers: $(VENV)/.developed
	@$(BIN)/lint-imports

format: $(VENV)/.developed ## Put the code into the house style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

models: $(VENV)/.installed ## Rebuild the kept models from the embedded corpus
	@$(BIN)/python scripts/build_model.py

package: $(VENV)/.developed ## Build the package, check it, and run the demo from the wheel
	@rm -rf dist
	@$(BIN)/python -m build --outdir dist . >/dev/null
	@$(BIN)/twine check --strict dist/*
	@$(BIN)/check-wheel-contents dist/*.whl
	@$(BIN)/python scripts/check_wheel.py dist/*.whl

docs: $(VENV)/.developed ## Build the documentation into site/; a warning is an error
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "Open site/index.html"

clean: ## Remove what the other targets made
	@rm -rf $(VENV) dist build site demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "tiab needs Python 3.11 or later; $(PYTHON) is older. Try: make PYTHON=python3.12 demo" >&2; exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml $(BIN)/python
	@echo "Installing tiab (once; about a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.developed: pyproject.toml $(VENV)/.installed
	@echo "Installing what the tests need (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,docs,oracles]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps asreview-insights==1.6.1
	@touch $@
