# Every target is thin: what it does lives in the package or in scripts/.
LAKE ?= var/lake
SIZE ?= 20000
PY := .venv/bin/python
export PYTHONDONTWRITEBYTECODE := # without kept bytecode every process compiles its libraries again, 10 CPU seconds for one run
.PHONY: setup demo test lint up bench lock clean

setup: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml
	test -x $(PY) || python3.11 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check uv==0.13.9
	.venv/bin/uv pip sync --quiet --require-hashes --python $(PY) requirements.lock
	.venv/bin/uv pip install --quiet --python $(PY) --no-deps --editable .
	touch $@

demo: setup
	$(PY) scripts/demo.py --lake $(LAKE)

test: setup
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy --strict
	.venv/bin/sqlfluff lint dbt_project/models dbt_project/tests --processes 2 --nocolor --disable-progress-bar

up: setup
	$(PY) scripts/up.py --lake $(LAKE)

bench: setup
	$(PY) bench/bench.py --subjects $(SIZE)

lock: setup
	.venv/bin/uv pip compile --quiet --no-header --no-emit-index-url --generate-hashes --all-extras --python-version 3.11 pyproject.toml -o requirements.lock

clean:
	rm -rf var .pytest_cache .mypy_cache .ruff_cache dbt_project/target dbt_project/logs
