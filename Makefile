PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORPORA := $(CURDIR)/.corpora

.PHONY: help demo test moves-small fix bench bench-moves bench-scan bench-speed bench-simulation trust clean

help:  ## what can be made here
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 18

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(VENV)/.installed  ## the original scenario, solved on a copy
	PATH="$(CURDIR)/$(BIN):$$PATH" bash fixtures/scenario/demo.sh

test: $(VENV)/.installed  ## everything that CI checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) moves-small
	$(BIN)/pytest -n auto --cov --cov-report=term:skip-covered

moves-small: $(VENV)/.installed  ## small mass-moves: in a real package, and in generated programs
	rm -rf $(CORPORA)/small*
	CONSOLIDATE_CORPORA=$(CORPORA) $(BIN)/python -m benchmarks.moves --packages click --per-package 12 \
		--seed 3 --tests 2 --jobs 2 --out $(CORPORA)/small.jsonl
	$(BIN)/python -m benchmarks.generated --programs 16 --moves 3 --seed 9 --jobs 2

fix: $(VENV)/.installed  ## format and lint what can be mended by machine
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: bench-moves bench-scan bench-speed bench-simulation  ## every long benchmark, by hand

bench-moves: $(VENV)/.installed  ## the mass move over two dozen packages (hours), for docs/trust.md
	$(BIN)/python -m benchmarks.trust --only moves pairs

trust: $(VENV)/.installed  ## every attack of docs/trust.md (many hours)
	$(BIN)/python -m benchmarks.trust

bench-scan: $(VENV)/.installed  ## scanning, cold and warm, beside jscpd; planted duplicates
	$(BIN)/python -m benchmarks.scan
	$(BIN)/python -m benchmarks.planted --seed 1

bench-speed: $(VENV)/.installed  ## one move in homeassistant, beside rope
	$(BIN)/python -m benchmarks.speed

bench-simulation: $(VENV)/.installed  ## the import simulation against CPython
	CONSOLIDATE_CORPORA=$(CORPORA) $(BIN)/python -m benchmarks.simulation --limit 300 attrs networkx rich sympy
	CONSOLIDATE_CORPORA=$(CORPORA) $(BIN)/python -m benchmarks.simulation --broken 5 attrs networkx rich sympy

clean:  ## remove what make made
	rm -rf $(VENV) $(CORPORA) .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
