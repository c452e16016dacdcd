# The single entry point for people and CI. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := bash

# A CPython 3.13: the first that answers as one, among the usual names and pyenv's versions.
PYTHON ?= $(shell for p in python3.13 "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.13*/bin/python3.13 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && { echo "$$p"; break; }; done)
BIN := .venv/bin
PIP := -m pip install --quiet --disable-pip-version-check

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.PHONY: setup
setup: .venv/.done .venv-sam/.done ## Make the two environments (Python 3.13) with the pinned dependencies

.venv/.done: requirements/dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python 3.13 found. Install it, or say where it is: make PYTHON=/path/to/python3.13 ..." >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	$(BIN)/python $(PIP) -r requirements/dev.lock
	$(BIN)/python $(PIP) --no-deps --editable .
	@touch $@

.venv-sam/.done: requirements/sam.lock
	@test -n "$(PYTHON)" || { echo "make: no Python 3.13 found. Install it, or say where it is: make PYTHON=/path/to/python3.13 ..." >&2; exit 1; }
	"$(PYTHON)" -m venv .venv-sam
	.venv-sam/bin/python $(PIP) -r requirements/sam.lock
	@touch $@

.venv-peers/.done: requirements/peers.lock
	"$(PYTHON)" -m venv .venv-peers
	.venv-peers/bin/python $(PIP) -r requirements/peers.lock
	@touch $@

.PHONY: test
test: setup ## Run every test
	$(BIN)/python -m pytest --numprocesses 2 --dist loadscope

.PHONY: lint
lint: setup ## ruff, mypy, sam validate
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy groundtruth
	$(BIN)/mypy functions/pre_annotation
	$(BIN)/mypy functions/consolidation
	.venv-sam/bin/sam validate --lint --template template.yaml --region us-east-1

.PHONY: demo
demo: .venv/.done ## Draw 24 invoices and take them to labels, reports and training data by the everyday commands
	rm -rf out/demo
	$(BIN)/groundtruth demo --out out/demo

.PHONY: demo-receipts
demo-receipts: .venv/.done ## The same over the 60 real receipts in ../shared/data
	rm -rf out/receipts
	$(BIN)/groundtruth demo --out out/receipts --documents ../shared/data/receipts --document-type receipt \
		--label-categories label_categories/receipts

.PHONY: docs
docs: .venv/.done ## Build the documentation site into site/, and the command reference before it
	$(BIN)/python docs/command_reference.py
	$(BIN)/sphinx-build -q -W --keep-going -b html docs site
	@echo site/index.html

.PHONY: bench
bench: setup ## Measure: consolidation, function start-up, the local run, the service, the everyday commands
	$(BIN)/python benchmarks/consolidation.py
	$(BIN)/python benchmarks/function_init.py
	$(BIN)/python benchmarks/local_run.py
	$(BIN)/python benchmarks/service.py
	$(BIN)/python benchmarks/prepare.py
	$(BIN)/python benchmarks/report.py
	$(BIN)/python benchmarks/export.py
	$(BIN)/python benchmarks/reconsolidate.py

.PHONY: bench-quality
bench-quality: .venv/.done .venv-peers/.done ## Measure consolidation beside its peers on real answers; writes docs/quality.md (needs ../shared/data)
	$(BIN)/python benchmarks/quality

.PHONY: format
format: setup ## Rewrite the code as ruff would have it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: lock
lock: ## Pin the dependencies again (needs uv)
	for name in dev sam peers; do uv pip compile --quiet --universal --python-version 3.13 --no-header requirements/$$name.in -o requirements/$$name.lock; done
