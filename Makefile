# Everything a newcomer, a contributor and CI need. `make help` lists it.

# The newest Python that is there and new enough; PYTHON=… chooses another.
PYTHON ?= $(firstword $(foreach p,python3.13 python3.12 python3.11 python3,$(shell \
	command -v $(p) >/dev/null 2>&1 && $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# Kept bytecode: otherwise each process of the tests compiles all of it anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run setup test coverage check format bench bench-log attack soak screenshots words lock

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: .venv/.run ## Install what is needed and run everything: the site, its workers, its Redis
	@exec $(BIN)/countersign up

setup: .venv/.run ## Install what running needs into .venv

test: .venv/.test ## Install what testing needs and run the whole test suite
	@$(BIN)/python -m pytest $(ARGS)

coverage: .venv/.test ## Run the tests and list the lines and branches they do not reach; takes a quarter as long again
	@$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered $(ARGS)

check: .venv/.test ## Formatter, linter, types, import layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: .venv/.test ## Format the code
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: .venv/.test ## Run the benchmarks and print them as a table
	@$(BIN)/python -m benchmarks $(ARGS)

bench-log: .venv/.test ## Measure what checking and proving the public log costs; ARGS=1000000 for a million entries
	@$(BIN)/python -m benchmarks.log $(ARGS)

attack: .venv/.test ## Attack a site by flood, slow sockets, mailbox bombs and sign-in, and print what others notice of it
	@$(BIN)/python -m benchmarks.attack $(ARGS)

MINUTES ?= 30
soak: .venv/.test ## Kill every kind of process again and again under load, on both databases; MINUTES=30 on each
	@$(BIN)/python -m benchmarks.soak --minutes $(MINUTES) $(ARGS)

screenshots: .venv/.test ## Take a picture of every page, on phone and desktop, light and dark, into var/screenshots
	@$(BIN)/python -m tests.browser.screenshots $(ARGS)

EXTRACT = pybabel --quiet extract --keyword InvalidInputError:1 --keyword N_:1 --keyword plural_forms:1,2 \
	--keyword redirect_with_message:2 --keyword redirect_with_count:2,3 --keyword say:1 --no-location --sort-output --no-wrap --omit-header
DOMAINS = messages desk

words: .venv/.test ## Collect what is to be translated, compile the translations, and say what each language lacks
	@$(BIN)/$(EXTRACT) --mapping-file pyproject.toml --output-file campaign/translations/messages.pot .
	@$(BIN)/$(EXTRACT) --mapping-file campaign/translations/desk.toml --output-file campaign/translations/desk.pot .
	@$(BIN)/python -m tests.support.catalogues --leave-shared-words-out
	@for domain in $(DOMAINS); do \
		$(BIN)/pybabel --quiet update --domain $$domain --input-file campaign/translations/$$domain.pot --output-dir campaign/translations \
			--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap \
		&& $(BIN)/pybabel --quiet compile --domain $$domain --directory campaign/translations || exit 1; \
	done
	@$(BIN)/python -m tests.support.catalogues

lock: .venv/.test ## Write the lock files anew from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 --extra build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 --extra test pyproject.toml -o requirements-test.lock

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Countersign needs Python 3.11 or newer; install it, or say PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Installing into .venv (once; a minute or so)…"
	@$(PYTHON) -m venv .venv

.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# uv, itself one of them, installs the test dependencies in a third of pip's time. Where it does not get through (to an index that
# only pip is told of, say) pip installs the same. Without compiling: no test reads half of these modules, and the tests compile the
# others beside each other.
.venv/.test: requirements-test.lock requirements.lock pyproject.toml | .venv/bin/python
	@awk '/^[a-z]/ { wanted = /^uv==/ } wanted' requirements-test.lock > .venv/uv.lock
	@$(INSTALL) --require-hashes -r .venv/uv.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-test.lock \
		|| $(INSTALL) --no-compile --require-hashes -r requirements-test.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@
