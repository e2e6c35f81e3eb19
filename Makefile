# Every target is thin: what it does lives in the package or in scripts/.
LAKE ?= var/lake
PY := .venv/bin/python
.PHONY: setup demo test lint up bench clean

setup: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml
	test -x $(PY) || python3.11 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check uv==0.13.9
	.venv/bin/uv pip sync --quiet --require-hashes --python $(PY) requirements.lock
	.venv/bin/uv pip install --quiet --python $(PY) --no-deps --editable .
	touch $@
