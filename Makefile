# Everything is reached from here; `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .local/venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed-$(shell cat requirements/dev.txt pyproject.toml | sha256sum | cut -c1-12)

.PHONY: help venv lock generate golden lint unit cluster cluster-down control-plane images demo controlplane-test cluster-test test bench

PYTEST := $(PY) -m pytest
CLUSTER := $(PY) -m localcluster

help: ## list the targets
	@grep -hE '^[a-z][a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

venv: $(STAMP) ## the Python environment in .local/venv

$(STAMP):
	@echo "python: installing the locked requirements into $(VENV)"
	@test -x $(PY) || python3 -m venv $(VENV)
	@$(PY) -m pip install -q --require-hashes -r requirements/dev.txt
	@$(PY) -m pip install -q --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/.installed-*
	@touch $@

lock: $(STAMP) ## lock requirements/*.in again, with hashes
	$(VENV)/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --python-version 3.11 \
	  requirements/operator.in -o requirements/operator.txt
	$(VENV)/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --python-version 3.11 \
	  requirements/dev.in -c requirements/operator.txt -o requirements/dev.txt

generate: $(STAMP) ## write crds/ and docs/reference/ from the models
	$(VENV)/bin/pacsstack generate crd > crds/pacsstacks.pacsstack.io.yaml
	$(VENV)/bin/pacsstack generate reference --output docs/reference

golden: $(STAMP) ## write tests/golden/ again; read the difference like code
	UPDATE_GOLDEN=1 $(PYTEST) -q tests/unit/manifests

lint: $(STAMP) ## ruff, mypy, import-linter
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	PYTHONPATH=operator:. $(VENV)/bin/lint-imports --no-cache

unit: $(STAMP) ## pure tests: seconds, no network
	$(PYTEST) tests/unit

cluster: $(STAMP) ## bring up the one-node Kubernetes; kubeconfig in .local/kubeconfig
	$(CLUSTER) up

cluster-down: $(STAMP) ## end the one-node Kubernetes and remove its mounts, bridges and rules
	$(CLUSTER) down
	$(CLUSTER) down --control-plane-only

control-plane: $(STAMP) ## bring up an API server without a node, for tests
	$(CLUSTER) up --control-plane-only

images: $(STAMP) ## build the local images and import them into containerd
	$(PY) -m localcluster.images build

demo: $(STAMP) ## from nothing to images stored and found in a running stack
	$(PY) -m localcluster.demo

controlplane-test: $(STAMP) control-plane ## tests that need an API server only
	$(PYTEST) tests/controlplane

cluster-test: $(STAMP) ## tests on the real cluster
	$(PYTEST) tests/cluster

test: lint unit controlplane-test cluster-test ## everything

bench: $(STAMP) ## figures as JSON lines; ONLY=apply_ratio measures one
	$(PY) -m tests.bench $(ONLY)
