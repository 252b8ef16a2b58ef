# Loa: few words. `make help` says what each does.
PYTHON ?= python3
BIN = .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install dev run test lint types fix lock messages licences

help: ## say what each word does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: ## make the environment from the lock file (.venv/bin/loa)
	@$(PYTHON) scripts/bootstrap.py

dev:
	@$(PYTHON) scripts/bootstrap.py --dev

run: install ## start everything with the sample campaign; Ctrl-C ends it
	@exec $(BIN)/loa up --demo

test: dev ## format, lint, types, import contracts, and every test
	@$(BIN)/python scripts/test.py

lint: dev ## format, lint and import contracts
	@$(BIN)/python scripts/test.py format lint imports

types: dev ## strict types
	@$(BIN)/python scripts/test.py types

fix: dev ## format, and mend what lint can mend
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

lock: dev ## renew both lock files within the bounds of the pyproject files
	@$(BIN)/python scripts/lock.py

messages: dev ## collect the strings for people into the English catalogue
	@$(BIN)/python scripts/messages.py

licences: dev ## list the licences of all dependencies; fail on one that does not fit
	@$(BIN)/python scripts/licences.py
