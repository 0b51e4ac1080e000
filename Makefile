# `make run` and `make test` work in a fresh clone; everything else is for those who change things.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
CONFIG ?= config/config.yaml
CORES ?= all
PROFILE ?= default
# Tools are started as modules: the first line of a script cannot hold every path.
RUN := .venv/bin/python -m
FLAGS = --workflow-profile profiles/$(PROFILE) --cores $(CORES) --configfile '$(subst ','\'',$(CONFIG))'

.PHONY: run plan test test-slurm report check usage bench lock generated keep clean

# What a virtual environment, Snakemake or netCDF cannot have in the path of this folder.
REFUSED := $(shell if pwd -P | grep -q '[:\\{}]' || test $$(pwd -P | wc -l) -gt 1; then \
	echo 'The path of this folder has a colon, backslash, brace or line break; rename or move it'; fi)
ifneq ($(REFUSED),)
$(error $(REFUSED))
endif

# What will run, in three lines; how far it is; what it came to.
run: configuration .venv/ready
	@.venv/bin/python workflow/run.py $(FLAGS)

# What `make run` would do, step by step, and the time and disk that it will take.
plan: configuration .venv/ready
	@.venv/bin/python workflow/plan.py $(FLAGS)

.PHONY: configuration
configuration:
	@test -f '$(subst ','\'',$(CONFIG))' || { echo 'The configuration $(subst ','\'',$(CONFIG)) does not exist; correct CONFIG' >&2; exit 2; }

test: .venv/ready
	$(RUN) pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

# The tiny workflow through a SLURM of one node that is started for it.
test-slurm: .venv/ready
	PATH="$$PWD/.venv/bin:$$PATH" .venv/bin/python tests/workflow/slurm/run

report: configuration .venv/ready
	$(RUN) snakemake $(FLAGS) --report report.html

check: .venv/ready
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) snakefmt --check Snakefile workflow/rules
	$(RUN) snakemake --lint
	$(RUN) mypy

# Memory and time that jobs took, beside what their rules ask for.
usage: .venv/ready
	.venv/bin/python workflow/usage.py

bench: .venv/ready
	.venv/bin/python benchmarks/bench_training.py
	.venv/bin/python benchmarks/bench_progress.py
	.venv/bin/python benchmarks/bench_parity.py
	.venv/bin/python benchmarks/bench_comments.py
	.venv/bin/python benchmarks/bench_policies.py

# The environment: exactly what the lock says, and this package itself. The sizes were measured with
# Python 3.11 on Linux, with the CPU build of PyTorch.
.venv/ready: requirements.lock pyproject.toml
	@echo "Creating the environment in .venv: $$(grep -c == requirements.lock) packages, about 370 MB to fetch, 1.7 GB on disk, a few minutes."
	@if test "$$(uname)" = Linux && ! echo "$$PIP_INDEX_URL $$PIP_EXTRA_INDEX_URL $$PIP_FIND_LINKS" | grep -q cpu; then \
		echo 'On Linux pip may fetch the CUDA build of PyTorch instead, several GB more. For the CPU build, press Ctrl-C and'; \
		echo 'put PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu before the command.'; fi
	@"$(PYTHON)" -m venv .venv
	@$(RUN) pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(RUN) pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@echo 'The environment is ready.'
	@touch $@

# After a change of versions in pyproject.toml: resolve them anew and write them down.
lock:
	rm -rf .venv-lock
	"$(PYTHON)" -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet '.[test]' setuptools
	.venv-lock/bin/python -m pip freeze --all --exclude pip --exclude ontogeny | sed 's/+cpu$$//' > requirements.lock
	rm -rf .venv-lock
	{ sed '/^      - /d' environment.yml; sed 's/^/      - /' requirements.lock; } > environment.new
	mv environment.new environment.yml

# What is written from the code: the JSON schema and the tables in the pages. RESULTS are folders of
# the results of studies, such as results/tiny/composition, for the tables of variables.
generated: .venv/ready
	.venv/bin/python workflow/generate.py $(RESULTS)

# The verdicts of a long configuration that has finished, kept in atlas/. RESULTS is its folder, such
# as results/imitation.
keep: .venv/ready
	.venv/bin/python workflow/keep.py $(RESULTS)

# The results of all configurations.
clean:
	find results -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} +
	rm -rf logs report.html .snakemake
