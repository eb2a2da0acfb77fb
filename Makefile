# Two commands need nothing else: `make run` and `make test`. `make help` lists all.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
HOME_DIR = $${JAABI_HOME:-var}

# What was compiled is kept, whatever the machine says: the tests start the service a hundred times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test lint audit mutants bench chaos system-deps screens words lock
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 14

run: .venv/.installed ## install what is locked, make the demo in var/ on first start, run everything
	@test -f "$(HOME_DIR)/.initialised" || $(BIN)/jaabi init --demo
	@exec $(BIN)/jaabi run --demo

test: .venv/.installed-dev ## test everything this machine can test
	@# One more than there are cores: much of it waits for processes, a browser or a disk.
	@$(BIN)/python -m pytest -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist loadfile --ignore tests/chaos
	@# What is promised within seconds of a fault is measured with nobody else at work.
	@exec $(BIN)/python -m pytest tests/chaos

lint: .venv/.installed-dev ## style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --cache-dir .import_linter_cache

audit: .venv/.installed-dev ## look for known weaknesses, careless patterns, secrets; write the bill of materials
	@$(BIN)/python -m tests.audit $(ADVISORIES)

mutants: build/mutants-venv/.installed ## change the code that protects, see if a test notices (an hour; MUTANTS="flows.routing.*")
	@rm -rf build/mutants && git clone -q . build/mutants
	@cd build/mutants && ../mutants-venv/bin/mutmut run --max-children 1 $(MUTANTS) > ../mutants.log
	@build/mutants-venv/bin/python -m tests.audit.mutants build/mutants

bench: .venv/.installed-dev ## measure every figure we promise
	@set -e; for bench in keypress protection opening webhooks places language receipts stranger latency memory console; do \
		echo "== $$bench"; $(BIN)/python -m bench.$$bench; \
	done

chaos: .venv/.installed-dev ## blow full storms with ten seeds and print what they broke (CHAOS="--seeds 1")
	@$(BIN)/python -m tests.attack
	@exec $(BIN)/python -m tests.chaos $(CHAOS)

thief: .venv/.installed-dev ## rob a service of 1,000 callers and search the loot (THIEF="--callers 100 --minutes 2")
	@exec $(BIN)/python -m tests.thief $(THIEF)

system-deps: ## install what tests of browser, Kannel and clock need (Debian, needs root)
	@if [ "$$(id -u)" = 0 ]; then run=; elif sudo -n true 2>/dev/null; then run=sudo; \
	else echo "not permitted here: ask for $(SYSTEM) npm"; exit 0; fi; \
	$$run systemctl mask kannel 2>/dev/null || true; \
	command -v npm >/dev/null || npm=npm; \
	$$run apt-get update -qq && $$run apt-get install -y -qq $(SYSTEM) $$npm
	@! command -v npm >/dev/null || for folder in tests/kannel/smpp tests/console/axe; do \
		npm ci --prefix $$folder --ignore-scripts --no-audit --no-fund --loglevel=error || exit 1; \
	done

# Masked before it is installed: the tests start Kannels of their own, and a machine needs no other.
SYSTEM := chromium chromium-driver kannel kannel-extras faketime

screens: .venv/.installed-dev ## take a picture of every page of the console, in both languages (build/screens)
	@exec $(BIN)/python -m tests.console.screens

words: .venv/.installed-dev ## look for new words of the console and put them into its English catalog, to be translated
	@mkdir -p build gateway/console/locale/en
	@$(BIN)/pybabel -q extract -F gateway/console/locale/babel.ini -k lazy_gettext --no-location \
		--sort-output --omit-header -o build/console.pot gateway/console
	@test -f gateway/console/locale/en/console.po || cp build/console.pot gateway/console/locale/en/console.po
	@$(BIN)/pybabel -q update -i build/console.pot -o gateway/console/locale/en/console.po -l en \
		--no-fuzzy-matching --omit-header --ignore-obsolete

lock: ## choose versions anew from pyproject.toml and write them down with their hashes
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet uv
	.venv-lock/bin/uv pip compile $(LOCK) --output-file requirements.lock pyproject.toml
	.venv-lock/bin/uv pip compile $(LOCK) --extra dev --output-file requirements-dev.lock pyproject.toml
	.venv-lock/bin/uv pip compile $(LOCK) --extra dev --extra mutants \
		--output-file requirements-mutants.lock pyproject.toml
	rm -rf .venv-lock

LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header

# The stamp makes a second start instant; it is older than a lock that has changed.
.venv/.installed: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

.venv/.installed-dev: requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch .venv/.installed $@

build/mutants-venv/.installed: requirements-mutants.lock
	$(PYTHON) -m venv build/mutants-venv
	build/mutants-venv/bin/pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements-mutants.lock
	@touch $@
