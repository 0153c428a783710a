# Everything a person or a machine does here; each target installs what it needs first.

PYTHON ?= python3
PORT ?= 8000
BUILD ?= build
TESTS ?= tests
PYTEST = $(VENV)/bin/python -m pytest -n auto --dist worksteal
VENV = .venv
AUDIT = build/audit

# Where packages come from may be set from outside (a mirror, a certificate); where they go to may not.
unexport PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PYTHONHOME PYTHONPATH

.DEFAULT_GOAL := help
.PHONY: help venv run test test-fast lint format messages athena package deploy undeploy audit audit-packages trust bench bench-exports rehearse pictures browser clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-13s %s\n", $$1, $$2 }'

run: $(VENV)/installed ## Serve the portal, its mailbox and three demo shops on this machine (PORT=8000)
	@exec $(VENV)/bin/python -m chalicelib serve --port $(PORT)

test: $(VENV)/installed node_modules/.installed browser ## Run all tests, the browser's too
	$(PYTEST) $(TESTS)

test-fast: $(VENV)/installed node_modules/.installed ## Run all tests but the browser's
	$(PYTEST) -m "not browser" $(TESTS)

lint: $(VENV)/installed ## Check style and types
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

format: $(VENV)/installed ## Bring all Python files into one form
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

messages: $(VENV)/installed ## Bring the catalogues of all languages up to date and compile them
	$(VENV)/bin/python -m infra.catalogues $(LANGUAGE)

athena: $(VENV)/installed ## Write the tables and views for Athena, of the exports' columns and the shops
	$(VENV)/bin/python -m infra.athena.generate

# What is made ready holds sets, whose order hangs on the seed: with a fixed one the same sources make the same package to the byte,
# and a deployment that changes nothing says so.
package: export PYTHONHASHSEED = 0
package: $(VENV)/installed ## Make build/sam.yaml and build/deployment.zip, what CloudFormation deploys
	@rm -rf $(BUILD)/source && mkdir -p $(BUILD)/source
	@tar -cf - --exclude=__pycache__ app.py requirements.txt .chalice/config.json chalicelib templates vendor | tar -xf - -C $(BUILD)/source
	@$(VENV)/bin/python -m infra.compile $(BUILD)/source/chalicelib/compiled
	@$(VENV)/bin/python -m infra.assemble $(BUILD)/source/resources.yaml
	@AWS_DEFAULT_REGION=$${AWS_DEFAULT_REGION:-us-east-1} PYTHONDONTWRITEBYTECODE=1 $(VENV)/bin/chalice \
	  --project-dir $(BUILD)/source package --stage prod --merge-template $(abspath $(BUILD)/source/resources.yaml) $(abspath $(BUILD))
	@$(VENV)/bin/python -m infra.finish $(BUILD)/sam.yaml
	@$(VENV)/bin/python -X no_debug_ranges -m infra.slim $(BUILD)/deployment.zip
	@rm -rf $(BUILD)/source

UP = $(VENV)/bin/python -m infra.deploy up $(or $(STACK),$(error say which stack: STACK=vuelta)) \
  $(or $(BUCKET),$(error say which bucket takes the package: BUCKET=…)) $(PARAMETERS) --build $(BUILD) $(if $(SANDBOX),--sandbox)

deploy: $(VENV)/installed ## Deploy to AWS, or bring it up to date (STACK=… BUCKET=… PARAMETERS="Name=value" YES=1 SANDBOX=yes)
	@$(UP) --check
	@$(MAKE) --no-print-directory package
	@$(UP) $(if $(YES),--yes)

undeploy: $(VENV)/installed ## Take the stack out of AWS; tables and buckets stay (STACK=… YES=1 DATA=delete)
	@$(VENV)/bin/python -m infra.deploy down $(or $(STACK),$(error say which stack: STACK=vuelta)) \
	  $(if $(YES),--yes) $(if $(filter delete,$(DATA)),--data)

trust: $(VENV)/installed node_modules/.installed browser ## Try to break every promise and print what was lost (takes long; SIZE=small SEED=2026)
	$(VENV)/bin/python -m tests.trust --size $(or $(SIZE),full) --seed $(or $(SEED),2026)

bench: $(VENV)/installed ## Measure what is to be fast, small or cheap, beside its rivals, and print one table (FIGURES="cold warm")
	$(VENV)/bin/python -m tests.bench $(FIGURES)

audit: package $(AUDIT)/installed ## Judge what was packaged: cfn-lint, and checkov with the exceptions of infra/audit.toml
	@$(VENV)/bin/cfn-lint $(BUILD)/sam.yaml
	@$(VENV)/bin/python -m infra.audit $(AUDIT)/bin/checkov $(BUILD)/sam.yaml

# A package that is not looked up counts as a fault: without the network this says so.
audit-packages: $(VENV)/installed $(AUDIT)/installed ## Ask a database of vulnerabilities about every installed package (needs the network)
	@$(AUDIT)/bin/pip-audit --strict --path "$$($(VENV)/bin/python -c 'import site; print(site.getsitepackages()[0])')"

bench-exports: $(VENV)/installed ## Time a report of a million returns beside queries written by hand (takes minutes)
	$(VENV)/bin/python -m tests.bench.exports

rehearse: package node_modules/.installed browser ## Make the browser's journeys through the package, with its gateway and permissions, without AWS
	$(VENV)/bin/python -m tests.rehearsal --build $(BUILD)

pictures: $(VENV)/installed browser ## Take the pictures of the README anew
	$(VENV)/bin/python -m tests.browser.pictures docs/images

venv: $(VENV)/installed ## Make the Python environment in .venv

clean: ## Remove what was built, not what was installed
	rm -rf build .hypothesis .mypy_cache .pytest_cache .ruff_cache .chalice/deployments

$(VENV)/installed: requirements.txt requirements-analytics.txt requirements-dev.txt requirements-exports.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Vuelta needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.12")'
	@echo "Installing Python packages into $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# What judges templates asks for other versions than ours of much, hence an environment of its own.
$(AUDIT)/installed: requirements-audit.txt | $(VENV)/installed
	@echo "Installing what judges the template into $(AUDIT) …"
	@rm -rf $(AUDIT) && $(VENV)/bin/python -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements-audit.txt
	@touch $@

# Without Node the tests that need it say so and are left out, or fail under CI=true.
node_modules/.installed: package.json package-lock.json
	@if command -v npm >/dev/null; then npm ci --include=dev --ignore-scripts --silent && touch $@; \
	else echo "npm is missing: install Node 20 or newer to run the tests of races and of pages" >&2; fi

browser:
	@infra/install-browser
