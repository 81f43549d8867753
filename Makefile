# Needs Python 3.11+ and make; everything else goes into $(VENV).
#   make demo [LOG=path/to/log.csv]
#   make test [COVERED=yes]    the tests with few examples, which must reach every branch
#   make test-full         make test, then what it leaves out: make test-rest law-cases test-hub
#   make search            the laws with other examples in each run
#   make test-sqlalchemy   the tests of the adapter alone
#   make test-hub [COVERED=yes]  the tests of the Production hub alone
#   make hub [PORT=8000]   the demo of the Production hub, in your browser
#   make test-core [PYTHON=python3.12 VENV=.venv-3.12] [DATEUTIL=4.0.0] [PROFILE=full]
#   make test-scale        200,000 orders in processes and on Dask; curves against lifelines
#   make laws-deep [LAWS=tests/laws/test_flows.py]
#   make bench [ORDERS=100000]
#   make release-check     builds all distributions, installs and tries them
#   make store-deep        the database tests at full size, over half an hour
#   make docs              the documentation site, in build/docs
#   make words             the catalogue of texts for translators, in build/prodflow.pot
#   make reliability       runs the tests behind RELIABILITY.md, and writes that page
#   make mutants [MUTATE=src/prodflow/calendars.py]

# Some machines keep Python from saving bytecode. Every worker and every process of a test would
# compile all modules again: half of the time before the first test.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV ?= .venv$(if $(DATEUTIL),-dateutil-$(DATEUTIL))
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq -c $(VENV)/constraints.txt

# The holidays library and Celery ask for python-dateutil 2.9: they come with the pinned one only.
HOLIDAYS := $(if $(DATEUTIL),,yes)

# Fails where the type of anything public is unknown. It finds the packages by the path only.
VERIFY_TYPES := PATH="$(abspath $(BIN)):$$PATH" pyright --ignoreexternal --verifytypes

LAWS ?= tests/laws
PORT ?= 8000

# How many examples: quick, full or fixed; search, thorough or deep (conftest.py).
PROFILE ?= quick

# Without a server the tests of PostgreSQL are skipped, and what they alone reach is not asked for.
POSTGRES := $(or $(PRODFLOW_TEST_POSTGRES),$(wildcard /usr/lib/postgresql/*/bin/initdb))

# The hub is measured by its own tests.
OF_HUB := --rcfile=apps/hub/pyproject.toml

# What looks for barriers on the pages of the hub. Without npm, its tests are skipped.
AXE := 4.14.1
AXE_CORE := $(if $(shell command -v npm),build/axe/$(AXE))

.PHONY: demo hub test test-full test-rest law-cases test-sqlalchemy test-hub test-core test-scale search laws-deep check \
	docs release-check bench store-deep reliability words mutants clean

demo: $(VENV)/.core
	$(BIN)/python examples/demo.py $(if $(LOG),--log "$(LOG)")

hub: $(VENV)/.hub
	$(BIN)/prodflow-hub demo --port $(PORT)

# Few examples of each law, no seeded bug, and no server is killed: a few minutes on two cores.
# With COVERED, it takes twice as long, and fails if the tests don't reach every branch of the code.
test: $(VENV)/.test
	$(if $(COVERED),$(BIN)/coverage erase)
	$(BIN)/$(if $(COVERED),coverage run,python) -m pytest -n auto -m "not full" --deselect=tests/seeded
	$(if $(COVERED),$(BIN)/coverage combine -q)
	$(if $(COVERED),$(BIN)/coverage report $(if $(POSTGRES),,--include="src/prodflow/*"))

# What `test` left out, and the laws again with more examples. The laws of tests/laws are in
# `law-cases`. The processes share the files of tests/seeded, because one of them takes minutes.
test-rest: $(VENV)/.test
	$(BIN)/python -m pytest -n auto -m "full or scaled" --hypothesis-profile=full \
		--deselect=tests/laws --deselect=tests/seeded
	$(BIN)/python -m pytest -n auto -m "full and not scaled" tests/laws
	$(BIN)/python -m pytest -n auto --dist=load --hypothesis-profile=full tests/seeded

# The laws with more examples. Fails if the case of a law comes up in fewer than one in ten.
law-cases: $(VENV)/.test
	$(BIN)/python -m pytest -n auto -p tools.law_cases --hypothesis-profile=full tests/laws

test-full: test test-rest law-cases test-hub

test-sqlalchemy: $(VENV)/.test
	$(BIN)/python -m pytest -n auto --hypothesis-profile=full adapters/sqlalchemy

# Under five minutes on two cores. COVERED takes longer, and asks for every branch of the hub.
test-hub: $(VENV)/.test $(AXE_CORE)
	$(if $(COVERED),$(BIN)/coverage erase $(OF_HUB))
	$(BIN)/$(if $(COVERED),coverage run $(OF_HUB),python) -m pytest -n auto apps/hub
	$(if $(COVERED),$(BIN)/coverage combine -q $(OF_HUB))
	$(if $(COVERED),$(BIN)/coverage report $(OF_HUB))

check: $(VENV)/.lint docs
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python tools/check_examples.py
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(VERIFY_TYPES) prodflow
	$(VERIFY_TYPES) prodflow_sqlalchemy
	$(VERIFY_TYPES) prodflow_hub
	$(BIN)/lint-imports --no-logo
	$(BIN)/codespell
	rm -rf dist adapters/sqlalchemy/dist apps/hub/dist
	$(BIN)/python -m build
	$(BIN)/python -m build adapters/sqlalchemy
	$(BIN)/python -m build apps/hub
	$(BIN)/twine check --strict dist/* adapters/sqlalchemy/dist/* apps/hub/dist/*
	$(BIN)/check-wheel-contents dist
	cd adapters/sqlalchemy && $(abspath $(BIN))/check-wheel-contents dist
	cd apps/hub && $(abspath $(BIN))/check-wheel-contents dist

docs: $(VENV)/.docs
	$(BIN)/sphinx-build -q -E -a -n -W --keep-going docs build/docs

release-check: $(VENV)/.lint
	$(BIN)/python tools/release_check.py

test-core: $(VENV)/.test
	$(BIN)/python -m pytest -n auto --hypothesis-profile=$(PROFILE) \
		$(if $(HOLIDAYS),,-m "not holidays") tests/unit tests/laws

test-scale: $(VENV)/.scale
	$(BIN)/python -m pytest tests/scale

# The targets above draw the same examples in every run; this one draws others.
search: $(VENV)/.test
	$(BIN)/python -m pytest -n auto -m scaled --hypothesis-profile=search --deselect=tests/seeded

laws-deep: $(VENV)/.test
	$(BIN)/python -m pytest -n auto --hypothesis-profile=deep $(LAWS)

bench: $(VENV)/.bench
	$(BIN)/python bench/core.py
	$(BIN)/python bench/peers.py
	$(BIN)/python bench/growth.py
	$(BIN)/python bench/end_to_end.py
	$(BIN)/python bench/sizes.py
	$(BIN)/python bench/stores.py $(if $(ORDERS),--orders $(ORDERS))
	$(BIN)/python bench/queries.py $(if $(ORDERS),--orders $(ORDERS))
	$(BIN)/python bench/pages.py

store-deep: $(VENV)/.test
	$(BIN)/python -m pytest -n auto --hypothesis-profile=thorough adapters/sqlalchemy/tests

words: $(VENV)/.test
	$(BIN)/python -m tools.words

reliability: $(VENV)/.test
	$(BIN)/python tools/reliability.py

mutants: $(VENV)/.mutants
	$(BIN)/python tools/mutants.py $(MUTATE)

clean:
	rm -rf .venv* build dist adapters/*/dist apps/*/dist

build/axe/$(AXE):
	rm -rf build/axe
	mkdir -p build/axe
	npm install --silent --no-save --no-package-lock --prefix build/axe axe-core@$(AXE)
	touch $@

# Each stamp adds to the one before. The pip that comes with Python 3.11 knows no --group.

$(VENV)/.pip: pyproject.toml adapters/sqlalchemy/pyproject.toml apps/hub/pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	sed 's/^python-dateutil==.*/$(if $(DATEUTIL),python-dateutil==$(DATEUTIL),&)/' \
		constraints.txt > $(VENV)/constraints.txt
	$(PIP) --upgrade pip
	touch $@

$(VENV)/.core: $(VENV)/.pip
	$(PIP) -e ".[pdf,xlsx]" -e adapters/sqlalchemy
	touch $@

$(VENV)/.hub: $(VENV)/.core
	$(PIP) -e apps/hub
	touch $@

$(VENV)/.test: $(VENV)/.hub
	$(PIP) -e . -e "adapters/sqlalchemy[asyncio,postgres]" --group test $(if $(HOLIDAYS),--group holidays)
	$(PIP:install=download) -d $(VENV)/wheels ".[testing]"
	touch $@

$(VENV)/.scale: $(VENV)/.test
	$(PIP) --group scale
	touch $@

$(VENV)/.mutants: $(VENV)/.test
	$(PIP) --group mutants
	touch $@

$(VENV)/.bench: $(VENV)/.test
	$(PIP) --group bench
	touch $@

$(VENV)/.docs: $(VENV)/.test
	$(PIP) --group docs
	touch $@

$(VENV)/.lint: $(VENV)/.test
	$(PIP) --group lint
	touch $@
