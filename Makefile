# make report | make test | make setup ... : each sets up what it needs, once.
VENV    := .venv
PEERS   := .venv-peers
PYTHON  := $(VENV)/bin/python
STAMP   := $(VENV)/.ready
TOOLS   := .tools
UV      := $(shell command -v uv 2>/dev/null || echo $(TOOLS)/bin/uv)
VERSION := $(shell cat .python-version)
CHECKERS := $(if $(shell command -v npm 2>/dev/null),node_modules/.package-lock.json)
BOOT    := $(shell command -v python3 || command -v python)

.PHONY: setup report test test-slow test-wheel test-versions test-lowest test-coverage dist lint mutants sbc coverage differences sensitivity skill fuzz bench bench-peers docs schema readme notebook web lock clean
setup: $(VENV)/.warm

# Compiled ahead, so that the first fit does not wait for it.
$(VENV)/.warm: $(STAMP) $(shell find src -name '*.py')
	$(PYTHON) -m compileall -q src
	$(VENV)/bin/withdrawal-risk warm-up
	touch $@

$(TOOLS)/bin/uv:
	$(BOOT) -m pip install --quiet --disable-pip-version-check --no-warn-script-location --target $(TOOLS) uv

$(STAMP): requirements.lock pyproject.toml .python-version $(if $(findstring $(TOOLS),$(UV)),$(TOOLS)/bin/uv)
	test -x $(PYTHON) || $(UV) venv --quiet --python $(VERSION) $(VENV)
	VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --require-hashes --compile-bytecode -r requirements.lock
	VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(STAMP)

report: $(STAMP)
	$(VENV)/bin/withdrawal-risk report iraq-2025 --lang both --output output/iraq-2025.html

# What checks the report's page in a browser, where npm is there to bring it. Tests that miss it, or
# Chromium, say so and are skipped; with CI set they fail.
node_modules/.package-lock.json: package.json package-lock.json .npmrc
	npm ci --silent
	touch $@

# Compiled once, where two processes would otherwise both compile.
PYTEST := $(PYTHON) -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --ignore tests/mutants
test: $(VENV)/.warm $(CHECKERS) lint
	$(PYTEST) -m "not slow"

# The statistical tests, every page of the documentation, the default fits of the shipped models.
test-slow: $(VENV)/.warm $(CHECKERS)
	$(PYTEST) -m slow

# Wheel and sdist, from what a checkout keeps.
dist: $(STAMP)
	rm -rf dist
	$(PYTHON) -m hatchling build -d dist

# The wheel installed in an empty environment outside the checkout, and README typed there; a short
# use under each Python that is on the machine; some tests with the lowest versions allowed.
test-wheel test-versions test-lowest: $(STAMP)
	$(PYTHON) -m tests.installed $(patsubst test-%,%,$@) --uv $(UV)

# Which branches of `src` the tests take that `make test` runs.
test-coverage: $(VENV)/.warm $(CHECKERS)
	$(PYTHON) -m tests.branches

lint: $(STAMP)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo
	$(VENV)/bin/codespell

# Every deliberate fault must be seen by some test. Which one: python -m tests.mutants NAME ...
mutants: $(STAMP)
	$(PYTHON) -m pytest tests/mutants

# Ranks and coverage come from the same simulated worlds. Fewer: make sbc WORLDS=50 NETWORKS=small
WORLDS   := 500
NETWORKS := small families second iraq-2025
sbc coverage: $(STAMP)
	$(PYTHON) -m tests.calibration.sbc --worlds $(WORLDS) --network $(NETWORKS) --output output/calibration

# Damaged, hostile and unlucky input: files, arguments, settings. More: make fuzz MUTATIONS=20000 SEED=7
MUTATIONS := 4000
SEED      := 1
fuzz: $(STAMP)
	$(PYTHON) -m tests.fuzz --mutations $(MUTATIONS) --seed $(SEED)

# Intervals of differences between scenarios, against many futures.
differences: $(STAMP)
	$(PYTHON) -m tests.calibration.differences

# What reweighting says of moved judgements, against refits; those that are kept are not made again.
sensitivity: $(STAMP)
	$(PYTHON) -m tests.calibration.sensitivity

# Intervals of skill and bands of calibration, on simulated tables of forecasts that overlap.
skill: $(STAMP)
	$(PYTHON) -m tests.calibration.skill

bench: $(STAMP)
	$(PYTHON) benchmarks/main_job.py
	$(PYTHON) -m benchmarks.first_answer
	$(PYTHON) -m benchmarks.refits
	$(PYTHON) -m benchmarks.drift
	$(PYTHON) -m benchmarks.questions
	$(PYTHON) -m benchmarks.judgements
	$(PYTHON) -m benchmarks.sweeps
	$(PYTHON) -m benchmarks.backtest
	$(PYTHON) -m benchmarks.speed
	$(PYTHON) -m benchmarks.imports
	$(PYTHON) -m benchmarks.preliminary
	$(PYTHON) -m benchmarks.report
	$(PYTHON) -m benchmarks.beside_other_tools

$(PEERS)/.ready: benchmarks/requirements.lock pyproject.toml $(STAMP)
	test -x $(PEERS)/bin/python || $(UV) venv --quiet --python $(VERSION) $(PEERS)
	VIRTUAL_ENV=$(PEERS) $(UV) pip install --quiet --require-hashes --compile-bytecode -r benchmarks/requirements.lock
	VIRTUAL_ENV=$(PEERS) $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# Also needs a C++ compiler, for Stan.
bench-peers: $(PEERS)/.ready
	$(PEERS)/bin/python -m benchmarks.speed --contenders library by-hand scan numpyro stan

# The site, in output/site. Examples that did not change are not run again: make docs SPHINX=-E runs all.
docs: $(VENV)/.warm
	$(VENV)/bin/sphinx-build -n -W --keep-going -q $(SPHINX) -b html -d output/doctrees docs output/site

# What a model's README states of its files and its fit, and what pages of the site print.
readme: $(STAMP)
	$(PYTHON) -m tests.model_readme
	$(PYTHON) -m tests.arabic_readme
	$(PYTHON) -m tests.docs.printed

schema: $(STAMP)
	$(PYTHON) -m withdrawal_risk.model.schema docs/model.schema.json docs/model-keys.md

# The example notebook, with what its cells show.
notebook: $(STAMP)
	$(VENV)/bin/jupyter-execute --inplace examples/answers.ipynb

# The script of the report, from its sources; needs node.
web:
	npm ci --no-audit --no-fund
	npm run --silent check
	npm run --silent build

COMPILE := pip compile pyproject.toml --generate-hashes --python-version $(VERSION) \
	  --no-emit-index-url --no-emit-find-links --no-header --quiet
lock: pyproject.toml
	$(UV) $(COMPILE) --group dev -o requirements.lock
	$(UV) $(COMPILE) --group dev --group peers -c requirements.lock -o benchmarks/requirements.lock

clean:
	rm -rf $(VENV) $(PEERS) $(TOOLS) node_modules output dist .coverage .coverage.*
