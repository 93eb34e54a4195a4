# The front door. What is pinned stands in requirements*.txt and cluster/versions.py.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)
unexport PYTHONDONTWRITEBYTECODE  # to compile anew is a third of each playbook, half of the unit tests

DEPLOY_READY := .venv/.deploy-ready
CHECKS_READY := .venv/.checks-ready
PYTEST = pytest --junitxml=build/reports/$@.xml
SIDE_BY_SIDE = --numprocesses 3 --dist loadfile  # they wait for the cluster most of the time

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- set-up ----------------------------------------------------------------------------------

.PHONY: setup
setup: $(CHECKS_READY) ## make .venv from the pinned requirements, link the checkout as a collection

$(DEPLOY_READY): requirements.txt tools/setup
	@tools/setup $(PYTHON) requirements.txt
	@touch $@

$(CHECKS_READY): requirements-dev.txt $(DEPLOY_READY)
	@tools/setup $(PYTHON) requirements-dev.txt
	@touch $@

# --- the cluster and the demo ----------------------------------------------------------------

.PHONY: cluster cluster-down addons images demo
cluster: ## create or repair the kind cluster
	@$(PYTHON) cluster up

cluster-down: ## remove the cluster and everything that it started
	@$(PYTHON) cluster down

addons: cluster ## add operators to it, for the live acceptance tests
	@$(PYTHON) cluster addons

images: cluster ## build the images of the five systems and load them into the cluster
	@$(PYTHON) cluster images

demo: $(DEPLOY_READY) ## deploy the shop to the kind cluster
	@$(MAKE) images
	@tools/demo

# --- checks ----------------------------------------------------------------------------------

.PHONY: test test-long unit lint sanity model simulation mutation integration e2e kill shop molecule bench slow reference acceptance controls
test: setup ## everything that fits into 25 minutes, with a summary
	@python tools/stages.py lint unit sanity model simulation mutation shop cluster images integration e2e molecule $(LAST)

test-long: export SLIPWAY_SEEDS := 10000
test-long: export SLIPWAY_K04_ROUNDS := 20
test-long: export SLIPWAY_COUNTED_ROUNDS := 200
test-long: export SLIPWAY_ROLL_OUTS := 50
test-long: setup ## what does not fit into `make test`: more rounds, and whole lives of clusters
	@python tools/stages.py simulation reference cluster images kill slow

unit: setup ## tests without network or cluster, in seconds
	@$(PYTEST) --disable-plugin-autoload -p _hypothesis_pytestplugin -p xdist --numprocesses 2 tests/unit

lint: setup ## ruff, mypy, layers, yamllint, ansible-lint
	ruff check
	ruff format --check --quiet
	mypy
	PYTHONPATH=.collections lint-imports
	yamllint --strict .
	ansible-lint

sanity: setup ## ansible-test sanity on the checkout
	@tools/sanity

model: setup ## the migration gate's protocol, every order of events, by spin
	@$(PYTEST) tests/model -m "not slow"

simulation: setup ## deployers and a cluster as a model: every order of events, by seed
	@$(PYTEST) tests/simulation

mutation: setup ## plants one bug at a time into the stacks: nearly all must be refused, at the right place
	@$(PYTEST) tests/mutation

integration: setup ## against the cluster of `make cluster`
	@$(PYTEST) tests/integration -m "not slow" $(SIDE_BY_SIDE)

e2e: setup ## the shop from outside the cluster
	@$(PYTEST) tests/e2e -m "not slow" $(SIDE_BY_SIDE)

kill: setup ## ends the program at its worst moments, then runs it again
	@$(PYTEST) tests/kill -m "not slow" $(SIDE_BY_SIDE)

shop: setup ## the shop's own tests, with a PostgreSQL of their own
	@$(PYTEST) examples/shop/tests examples/reference/tests/test_reference_rules.py --numprocesses 3

reference: setup ## the parts of the other systems, with PostgreSQL, Redis and S3 of their own
	@$(PYTEST) examples/reference/tests --numprocesses 3

molecule: setup ## every role alone, in a namespace of its own
	@molecule reset >/dev/null 2>&1  # a run that was interrupted leaves its state behind
	@molecule test --all --workers 2 --continue-on-failure --no-command-borders

bench: export PYTHONPATH := .collections
bench: setup images ## ours beside helm, kubectl and kubernetes.core; writes docs/performance.md
	@python -m benchmarks $(BENCH)

acceptance: setup images addons ## the criteria of the five systems; writes docs/acceptance.md
	@$(PYTEST) --quiet tests/acceptance; tested=$$?; python tools/acceptance.py && exit $$tested

controls: setup images ## takes features out one by one: the criteria of the five systems must turn red
	@python -m tests.acceptance.controls $(CRITERIA)

slow: setup
	@$(PYTEST) tests -m slow

# --- release ---------------------------------------------------------------------------------

.PHONY: build
build: setup ## the collection's tarball, in build/
	@ansible-galaxy collection build --force --output-path build
