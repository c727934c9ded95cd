# The project's own commands. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
PACK ?= default
DEMO ?=
# Three workers on two cores: much of the suite waits for processes and clocks.
WORKERS ?= 3
TARGET ?= session gate headers compose html archives
SECONDS ?= 60

.PHONY: help install demo test long lint format fuzz generated crash bench train corpora openapi screenshots lock clean

help:            ## say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

install: .venv/.installed  ## make .venv and install everything, by hash

.venv/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: install    ## a made-up organisation, real mail, the desk; DEMO=--once plays it and exits
	$(BIN)/gateway demo --pack $(PACK) $(DEMO)

test: install    ## every test but the longest in a browser; says which were left out, and why
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup -rs -m "not long"
	@echo "Left out: the longest browser runs (axe on every page, most hostile bodies, thirty items by keyboard, two people at once): make long"

long: install    ## the browser runs that take half a minute or more each
	$(BIN)/pytest -rs -m long

lint: install    ## style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: install  ## put the code into the house's shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fuzz: install    ## each fuzz target for SECONDS (60), or TARGET=one; fetches atheris, which is not locked: Linux wheels only
	test -d var/fuzz/atheris || $(BIN)/pip install --quiet --disable-pip-version-check --target var/fuzz/atheris "atheris>=3.0"
	for target in $(TARGET); do PYTHONPATH=var/fuzz/atheris $(BIN)/python -m tests.fuzz $$target $(SECONDS) var/fuzz || exit 1; done

generated: install ## 100,000 made-up mails through parse, judge and compose: every copy clean on the wire
	$(BIN)/python -m tests.mail.generated 100000

crash: install   ## SIGKILL, ENOSPC and EIO at every call that writes, and bugs that must be found; POINTS=n for some, ONLY=sweep|bugs (needs strace)
	$(BIN)/python -m tests.crash

worst: install   ## the worst mails we could think of: CPU and memory of judging each, and what became of it
	$(BIN)/python -m tests.bench.worst

bench: install   ## speed, as ratios against bare aiosmtpd in interleaved rounds
	$(BIN)/python -m tests.bench

train: install   ## rebuild the conduct heads from tests/corpora/conduct, bit for bit, and pin them
	OPENBLAS_NUM_THREADS=1 OPENBLAS_CORETYPE=Haswell $(BIN)/python -m tests.training

corpora: install ## how good the detection is, beside its peers; writes the README's table
	$(BIN)/python -m tests.corpora
	$(BIN)/python -m tests.corpora.concern $(if $(ENCODER),--encoder $(ENCODER))

openapi: install ## write docs/openapi.json anew
	$(BIN)/python -m gateway.channels.platform.openapi > docs/openapi.json

screenshots: install ## take docs/screenshots/ anew from a running demo (needs Chromium)
	$(BIN)/python -m tests.e2e.screenshots

lock:            ## resolve requirements.lock anew (needs uv)
	uv pip compile pyproject.toml --group dev --extra oidc --universal --generate-hashes \
		--no-header --python-version 3.11 --upgrade -o requirements.lock -q

clean:           ## remove what a run wrote
	rm -rf var .pytest_cache .mypy_cache .ruff_cache .hypothesis
