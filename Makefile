# Upwell: the commands of the README. Everything is installed into .venv and UPWELL_HOME.
.PHONY: run test test-faults mutants check types lint bench clean messages
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
PG15 := /usr/lib/postgresql/15/bin
NOTED := .pytest_cache/statements
# Where Python is told to keep no compiled modules, each process would compile all of them anew: seconds at every start.
run test test-faults: export PYTHONDONTWRITEBYTECODE :=

run: .venv/.ready  ## set up and serve the demo practices at http://127.0.0.1:8000
	@$(BIN)/upwell serve --demo --port $(PORT)

test: .venv/.ready-dev  ## all tests, on the embedded PostgreSQL and on Debian's 15
	@scripts/test-tools
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --durations 15 --ignore tests/recovery --note-statements $(NOTED)
	$(BIN)/python -m pytest -n 3 --dist loadfile tests/recovery  # times recoveries, so nothing else runs beside it
	UPWELL_PG_BIN=$(PG15) $(BIN)/python -m pytest -n 2 --dist loadfile -m 'not faults and not once' --only-noted $(NOTED) tests/integration

test-faults: .venv/.ready-dev  ## the long fault runs: kills, full disks, gigabytes; all database tests on PostgreSQL 15
	@scripts/test-tools
	$(BIN)/python -m pytest -m faults
	UPWELL_PG_BIN=$(PG15) $(BIN)/python -m pytest -n 2 --dist loadfile -m 'not faults' tests/integration

mutants: .venv/.ready-mutants  ## which changes to deciding code no test notices: make mutants GROUPS="screening gates" ENDINGS=37
	@$(BIN)/python -m tests.mutation $(GROUPS) $(if $(ENDINGS),--endings $(ENDINGS))

check: .venv/.ready-dev  ## lint, types, layers, dependencies
	@$(MAKE) --jobs 2 --output-sync --no-print-directory types lint

types:
	$(BIN)/mypy upwell

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/deptry upwell

bench: .venv/.ready-bench  ## ours against peers in one run, ratios printed
	@$(BIN)/python -m benchmarks; pages=$$?; $(BIN)/python -m benchmarks.folding || pages=1; $(BIN)/python -m benchmarks.scoring; $(BIN)/python -m benchmarks.pharmacology && exit $$pages

messages: .venv/.ready-dev  ## collect the texts to translate (needs Debian's gettext)
	cd upwell && ../$(BIN)/python -m django makemessages --all --no-obsolete --no-location

.venv/.ready: requirements.lock
	@PYTHON=$(PYTHON) scripts/environment requirements.lock
	@touch $@

.venv/.ready-dev: requirements-dev.lock .venv/.ready
	@PYTHON=$(PYTHON) scripts/environment requirements-dev.lock
	@touch $@

.venv/.ready-bench: requirements-bench.lock .venv/.ready-dev
	@PYTHON=$(PYTHON) scripts/environment requirements-bench.lock
	@touch $@

.venv/.ready-mutants: requirements-mutants.lock .venv/.ready-dev
	@PYTHON=$(PYTHON) scripts/environment requirements-mutants.lock
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
