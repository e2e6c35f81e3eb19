"""Laws L4 and L11: who may import what; no clock, no locale, no network; and the sizes of the house."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import laws_of_python as laws
from tests.architecture.tree import DBT, LIBRARY, ROOT, project_code, write_tree

PLACES = laws.places(LIBRARY, ROOT / "dags")
Law = Callable[[Path, str], list[str]]


def breaches(law: Law) -> list[str]:
    """What breaks a law anywhere in the library and the DAGs."""
    return [problem for path, place in PLACES for problem in law(path, place)]


def said_of(law: Law, tmp_path: Path, text: str, place: str = "bronze.py") -> list[str]:
    """What a law says of one file with this text at this place."""
    return law(write_tree(tmp_path, {"module.py": text}) / "module.py", place)


def test_the_library_is_there() -> None:
    assert len(PLACES) > 40


def test_l4_airflow_gx_dbt_and_the_catalogue_have_one_place_each() -> None:
    assert breaches(laws.wrong_imports) + breaches(laws.wrong_attachments) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("import airflow", "bronze.py"),
        ("from airflow.sdk import dag", "pipeline.py"),
        ("def f():\n    import great_expectations as gx", "ingest.py"),
        ("from great_expectations.core import x", "release/publish.py"),
        ("from dbt.cli.main import dbtRunner", "pipeline.py"),
        ("from dbt.cli.main import dbtRunner", "dags/build.py"),
        ("import psycopg2", "release/publish.py"),
        ("from creditlake.orchestration import assets", "commands/making.py"),
        ("from creditlake import orchestration", "cli.py"),
    ],
)
def test_l4_an_import_in_the_wrong_place_is_found(tmp_path: Path, text: str, place: str) -> None:
    assert said_of(laws.wrong_imports, tmp_path, text, place)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("from airflow.sdk import dag", "orchestration/factory.py"),
        ("from airflow.sdk import dag", "dags/ingest_feeds.py"),
        ("import great_expectations", "quality/court.py"),
        ("from dbt.cli.main import dbtRunner", "modelling/__init__.py"),
        ("import dbtfoo", "bronze.py"),
    ],
)
def test_l4_an_import_in_its_place_is_none(tmp_path: Path, text: str, place: str) -> None:
    assert said_of(laws.wrong_imports, tmp_path, text, place) == []


@pytest.mark.parametrize(
    "text",
    ["c.execute('attach x as y')", "c.execute(f'ATTACH {x}')", "URL = 'ducklake:sqlite:x'", "O = 'META_JOURNAL_MODE'"],
)
def test_l4_an_attachment_outside_the_lake_is_found(tmp_path: Path, text: str) -> None:
    assert said_of(laws.wrong_attachments, tmp_path, text)
    assert said_of(laws.wrong_attachments, tmp_path, text, "lake/attach.py") == []


@pytest.mark.parametrize("law", [laws.clocks, laws.network, laws.locales], ids=lambda law: law.__name__)
def test_l11_no_clock_no_network_no_locale_in_the_library(law: Law) -> None:
    assert [problem for problem in breaches(law) if not problem.startswith("dags/")] == []


def test_l11_no_clock_in_the_models() -> None:
    assert laws.clocks_in_sql(DBT) == []


@pytest.mark.parametrize(
    "text",
    [
        "datetime.now(UTC)",
        "datetime.datetime.now()",
        "date.today()",
        "make = datetime.now",
        "time.time()",
        "time.monotonic()",
        "from time import time",
        "c.execute('select current_date')",
        "c.execute(f'select * from x where d < now() and {y}')",
    ],
)
def test_l11_a_clock_is_found(tmp_path: Path, text: str) -> None:
    assert said_of(laws.clocks, tmp_path, text)


def test_l11_the_caller_may_know_the_time_and_the_lease_may_wait(tmp_path: Path) -> None:
    assert said_of(laws.clocks, tmp_path, "datetime.now(UTC)", "commands/making.py") == []
    assert said_of(laws.clocks, tmp_path, "time.monotonic()", "lake/lease.py") == []
    assert said_of(laws.clocks, tmp_path, "time.time()", "lake/lease.py")
    assert said_of(laws.clocks, tmp_path, '"""Knows no current_date."""') == []


@pytest.mark.parametrize("sql", ["select current_date", "select NOW()", "select '{{ run_started_at }}'"])
def test_l11_a_clock_in_a_model_is_found(tmp_path: Path, sql: str) -> None:
    assert laws.clocks_in_sql(write_tree(tmp_path, {"models/marts/mart_x.sql": sql})) == ["mart_x.sql"]


@pytest.mark.parametrize("text", ["import socket", "from urllib.request import urlopen", "import requests as r"])
def test_l11_a_way_to_the_network_is_found(tmp_path: Path, text: str) -> None:
    assert said_of(laws.network, tmp_path, text)
    assert said_of(laws.network, tmp_path, text, "connectors/service_calls.py")


def test_l11_a_service_is_reached_by_one_module_alone(tmp_path: Path) -> None:
    assert said_of(laws.network, tmp_path, "import httpx\nimport ssl", "connectors/service_calls.py") == []
    assert said_of(laws.network, tmp_path, "import httpx", "connectors/service.py")
    assert said_of(laws.network, tmp_path, "import httpx", "pipeline.py")


def test_l11_files_on_a_server_are_reached_by_one_module_and_waited_for_in_one(tmp_path: Path) -> None:
    assert said_of(laws.network, tmp_path, "import paramiko", "connectors/sftp.py") == []
    assert said_of(laws.network, tmp_path, "import paramiko", "connectors/s3.py")
    assert said_of(laws.network, tmp_path, "import socket", "connectors/sftp.py")
    assert said_of(laws.clocks, tmp_path, "time.sleep(1)", "connectors/store.py") == []
    assert said_of(laws.clocks, tmp_path, "time.sleep(1)", "connectors/sftp.py")
    assert said_of(laws.clocks, tmp_path, "datetime.now()", "connectors/store.py")


def test_l11_a_service_is_waited_for_and_its_signature_dated_and_nothing_else(tmp_path: Path) -> None:
    assert said_of(laws.clocks, tmp_path, "time.sleep(1)", "connectors/service_calls.py") == []
    assert said_of(laws.clocks, tmp_path, "time.time()", "connectors/service_auth.py") == []
    assert said_of(laws.clocks, tmp_path, "time.time()", "connectors/service_calls.py")
    assert said_of(laws.clocks, tmp_path, "time.sleep(1)", "connectors/service.py")


@pytest.mark.parametrize("text", ["import locale", "p.read_text()", "open(p)", "open(p, 'w')", "p.write_text(t)"])
def test_l11_what_hangs_on_the_locale_is_found(tmp_path: Path, text: str) -> None:
    assert said_of(laws.locales, tmp_path, text)


@pytest.mark.parametrize(
    "text", ["open(p, 'rb')", "open(p, mode='wb')", "p.read_text(encoding='utf-8')", "p.read_text('utf-8')"]
)
def test_l11_bytes_and_named_encodings_are_none(tmp_path: Path, text: str) -> None:
    assert said_of(laws.locales, tmp_path, text) == []


def test_no_module_is_longer_than_300_lines_and_no_function_longer_than_40() -> None:
    assert laws.long_modules(project_code()) + laws.long_functions(project_code()) == []


def test_no_model_is_longer_than_120_lines_and_no_macro_longer_than_25() -> None:
    assert laws.long_sql(DBT) == []


def test_what_is_too_long_is_found(tmp_path: Path) -> None:
    body = "\n".join(["def f():", *["    x = 1"] * 40])
    write_tree(
        tmp_path,
        {
            "module.py": body + "\n" * 261,
            "models/marts/mart_x.sql": "select\n" * 121,
            "macros/m.sql": "{% macro short() %}{% endmacro %}\n{% macro m() %}" + "\n" * 25 + "{% endmacro %}",
        },
    )
    module = [tmp_path / "module.py"]

    assert laws.long_modules(module) == ["module.py: 301 lines"]
    assert laws.long_functions(module) == ["module.py:1 f: 41 lines"]
    assert laws.long_sql(tmp_path) == ["mart_x.sql: 121 lines", "m.sql m: 26 lines"]


def test_what_is_just_short_enough_is_none(tmp_path: Path) -> None:
    write_tree(tmp_path, {"module.py": "\n".join(["def f():", *["    x = 1"] * 39]) + "\n" * 261})

    assert laws.long_modules([tmp_path / "module.py"]) == laws.long_functions([tmp_path / "module.py"]) == []


def test_a_dag_file_says_when_and_in_what_order_and_does_nothing_at_import() -> None:
    assert laws.decisions_in_dags(ROOT / "dags") + laws.work_at_import(ROOT / "dags") == []


@pytest.mark.parametrize("text", ["def f(n):\n    if n > 3:\n        skip()", "x = 1 if rows else 2"])
def test_a_dag_that_decides_is_found(tmp_path: Path, text: str) -> None:
    assert laws.decisions_in_dags(write_tree(tmp_path, {"bad.py": text}))


@pytest.mark.parametrize("text", ["X = Variable.get('x')", "T = open('f').read()", "D = dag(start=now())"])
def test_a_dag_that_works_at_import_is_found(tmp_path: Path, text: str) -> None:
    assert laws.work_at_import(write_tree(tmp_path, {"bad.py": text}))


def test_a_dag_that_loops_over_the_feeds_is_none(tmp_path: Path) -> None:
    text = "def make(f):\n    Variable.get(f)\n\nfor feed in all_feeds():\n    globals()[feed] = make(feed)\n"

    assert laws.work_at_import(write_tree(tmp_path, {"good.py": text})) == []
