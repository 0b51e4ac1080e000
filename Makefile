# `make run` and `make test` work in a fresh clone; everything else is for those who change things.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
CONFIG ?= config/config.yaml
CORES ?= all
PROFILE ?= default
BIN := .venv/bin
FLAGS = --workflow-profile profiles/$(PROFILE) --cores $(CORES) --configfile $(CONFIG)

.PHONY: run test test-slurm report check usage bench lock schema clean

# What will run and why; then the groups, so that a table that stays the same stops what follows;
# then everything.
run: .venv/ready
	$(BIN)/python workflow/plan.py $(FLAGS)
	$(BIN)/snakemake $(FLAGS) --quiet all -- groups
	$(BIN)/snakemake $(FLAGS)

test: .venv/ready
	$(BIN)/pytest --numprocesses auto --dist loadfile

# The tiny workflow through a SLURM of one node that is started for it.
test-slurm: .venv/ready
	PATH=$(CURDIR)/$(BIN):$$PATH $(BIN)/python tests/workflow/slurm/run

report: .venv/ready
	$(BIN)/snakemake $(FLAGS) --report report.html

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow/rules
	$(BIN)/snakemake --lint
	$(BIN)/mypy

# Memory and time that the jobs of the last run took, beside what profiles/slurm asks for.
usage: .venv/ready
	$(BIN)/python workflow/usage.py

bench: .venv/ready
	$(BIN)/python benchmarks/bench_training.py
	$(BIN)/python benchmarks/bench_progress.py

# The environment: exactly what the lock says, and this package itself.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# After a change of versions in pyproject.toml: resolve them anew and write them down.
lock:
	rm -rf .venv-lock
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet '.[test]' setuptools
	.venv-lock/bin/python -m pip freeze --all --exclude pip --exclude ontogeny | sed 's/+cpu$$//' > requirements.lock
	rm -rf .venv-lock
	{ sed '/^      - /d' environment.yml; sed 's/^/      - /' requirements.lock; } > environment.new
	mv environment.new environment.yml

schema: .venv/ready
	$(BIN)/python workflow/schemas/generate.py > workflow/schemas/config.schema.json

clean:
	rm -rf results/groups results/composition results/induction logs report.html .snakemake
