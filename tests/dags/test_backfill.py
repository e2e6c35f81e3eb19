"""Backfill and catch-up by Airflow's own means: an agency's rows are the same as if every day had run on its day."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths, reading
from creditlake.lake.watermarks import watermarks
from creditlake.orchestration.overview import overview

from tests.architecture.tree import ROOT
from tests.connectors.databases import PASSWORD, READER, Postgres, postgres
from tests.connectors.exchange import CHANGED, KEY, Agency
from tests.dags.conftest import Airflow, airflow_at
from tests.dags.test_release import alerts

DAYS = ("2026-10-28", "2026-10-29", "2026-10-30")
TABLES = {"arrears": "share.qs", "ratings": "share.pj", "violations": "share.wf"}
ROWS = f"select * from lake.validated.tax_arrears order by {KEY}, 提供日期, _batch_seq"


def pulled(contract: str) -> str:
    """The tax feed's contract, its tables in an exchange database."""
    contract = contract.replace("connector: files", "connector: {kind: postgresql, connection: agency_database}")
    for dataset, table in TABLES.items():
        pull = f"    pull: {{table: {table}, changed: {CHANGED}, overlap: 1h}}\n"
        contract = contract.replace(f"  {dataset}:\n", f"  {dataset}:\n{pull}")
    return contract


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """PostgreSQL of the tax office."""
    with postgres() as made:
        yield made


@pytest.fixture(scope="module")
def platform(server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    """An Airflow whose tax feed is pulled from that server."""
    home = tmp_path_factory.mktemp("pulled")
    library = home / "include" / "creditlake"
    shutil.copytree(ROOT / "include" / "creditlake", library, ignore=shutil.ignore_patterns("__pycache__"))
    contract = library / "feeds" / "tax.yml"
    contract.write_text(pulled(contract.read_text(encoding="utf-8")), encoding="utf-8")
    connection = {"conn_type": "postgres", "host": str(server.folder), "login": READER, "password": PASSWORD,
                  "schema": "postgres"}  # fmt: skip
    settings = {
        "PYTHONPATH": os.pathsep.join([str(library.parent), str(ROOT)]),
        "AIRFLOW_CONN_AGENCY_DATABASE": json.dumps(connection),
    }
    with airflow_at(home, settings) as made:
        yield made


@pytest.fixture
def agency(server: Postgres, paths: LakePaths) -> Agency:
    """The tax office's tables, empty."""
    made = Agency(server, paths)
    made.make()
    for dataset in ("ratings", "violations"):
        columns = [*load_feeds()["tax"].dataset(dataset).column_names, CHANGED]
        listed = ", ".join(f'"{name}" {"timestamp" if name == CHANGED else "text"}' for name in columns)
        server.execute(f"drop table if exists {TABLES[dataset]}")
        server.execute(f"create table {TABLES[dataset]} ({listed})")
    return made


def changes(agency: Agency, day: str) -> None:
    """What the tax office writes on one day: two new statements, and in the night one of them changed or withdrawn."""
    place = DAYS.index(day)
    told = {"累计欠税余额": "7.00", "增删改标志": "u"} if place != 1 else {"增删改标志": "d"}
    statement(agency, 2 * place, f"{day} 09:00:00")
    statement(agency, 2 * place + 1, f"{day} 09:30:00.5")
    statement(agency, 2 * place, f"{day} 23:59:59.999999", **told)


def statement(agency: Agency, number: int, changed: str, **values: str) -> None:
    """One statement about a business that is known by its name."""
    nameless = {"统一社会信用代码": None, "纳税人识别号": None}
    agency.add(number, **nameless, 纳税人名称=f"{number}号商行", **{CHANGED: changed}, **values)


def settings_of(paths: LakePaths) -> dict[str, str]:
    """The environment of runs over a lake."""
    return {"CREDITLAKE_LAKE": str(paths.root), "CREDITLAKE_DROP": str(paths.root), "CREDITLAKE_HOME": str(ROOT)}


def validated(paths: LakePaths, *without: str) -> list[tuple[Any, ...]]:
    """The rows that the lake took, with their lineage but for what is left out."""
    with reading(paths) as connection:
        shown = f"select * exclude ({', '.join(without)}) from ({ROWS})" if without else ROWS
        return connection.execute(shown).fetchall()


def lake_beside(paths: LakePaths, name: str) -> LakePaths:
    """Another empty lake."""
    made = LakePaths(paths.root.parent / name)
    made.create()
    return made


def test_a_backfilled_range_and_a_catch_up_take_the_rows_of_the_daily_runs(
    platform: Airflow, agency: Agency, paths: LakePaths
) -> None:
    daily, backfilled, caught_up = paths, lake_beside(paths, "backfilled"), lake_beside(paths, "caught_up")
    for day in DAYS:
        changes(agency, day)
        assert platform.run("ingest_tax", daily, daily.root, as_of=day)["state"] == "success"

    arguments = ["--dag-id=ingest_tax", f"--from-date={DAYS[0]}", "--to-date=2026-10-31", "--max-active-runs=1"]
    runs = platform.ask("backfill", settings_of(backfilled), arguments=arguments)
    assert platform.run("ingest_tax", caught_up, caught_up.root, as_of=DAYS[-1])["state"] == "success"

    assert [(run["day"], run["state"], run["at_once"]) for run in runs] == [(day, "success", 1) for day in DAYS]
    assert len(validated(daily)) == 9
    assert validated(backfilled) == validated(daily)
    assert watermarks(backfilled, "tax") == watermarks(daily, "tax")
    lineage = ("_batch_id", "_batch_seq", "_source_sha256", "_source_row", "_delivered_date")
    assert validated(caught_up, *lineage) == validated(daily, *lineage)


def test_a_run_by_hand_pulls_again_from_a_time_and_doubles_nothing(
    platform: Airflow, agency: Agency, paths: LakePaths
) -> None:
    statement(agency, 1, f"{DAYS[1]} 09:00:00")
    asked = {"pull_dataset": "arrears", "pull_from": f"{DAYS[0]}T00:00:00+08:00"}
    first = platform.run("ingest_tax", paths, paths.root, as_of=DAYS[1])
    statement(agency, 2, f"{DAYS[0]} 09:00:00")

    late = platform.run("ingest_tax", paths, paths.root, as_of=DAYS[1])
    again, once_more = (platform.run("ingest_tax", paths, paths.root, as_of=DAYS[1], **asked) for _ in range(2))

    assert [run["states"]["validate"] for run in (first, late, again, once_more)] == [
        "success", "skipped", "success", "skipped",
    ]  # fmt: skip
    assert [name for name, *_ in validated(paths, "统一社会信用代码", "纳税人识别号")] == ["1号商行", "2号商行"]


def test_the_form_of_a_pulled_feed_names_every_choice_in_chinese(platform: Airflow) -> None:
    choices = platform.ask("facts")["dags"]["ingest_tax"]["choices"]["pull_dataset"]

    assert (choices["null"], choices["arrears"]) == ("不补拉", "欠税公告")


def test_a_source_that_has_nothing_new_is_not_called_silent(
    platform: Airflow, agency: Agency, paths: LakePaths
) -> None:
    statement(agency, 1, f"{DAYS[1]} 09:00:00")

    first, again = (platform.run("ingest_tax", paths, paths.root, as_of=DAYS[1]) for _ in range(2))

    assert first["summaries"]["land"].startswith("从连接 agency_database 拉到 1 个文件：arrears-to-")
    assert first["summaries"]["load_bronze"] == "1 个批次，1 行"
    nothing = f"来源已读，截至 {DAYS[1]} 没有新的数据（欠税公告已读到 {DAYS[1]} 09:00:00）"
    assert (again["summaries"]["land"], again["summaries"]["validate"]) == (nothing, nothing)


def test_a_source_that_cannot_be_read_is_told_in_chinese_and_without_the_password(
    platform: Airflow, agency: Agency, paths: LakePaths, server: Postgres
) -> None:
    wrong = {"conn_type": "postgres", "host": str(server.folder), "login": READER, "password": "wrong-secret",
             "schema": "postgres"}  # fmt: skip
    settings = settings_of(paths) | {"AIRFLOW_CONN_AGENCY_DATABASE": json.dumps(wrong)}

    ran = platform.ask("run", settings, dag_id="ingest_tax", as_of=DAYS[1], conf={})

    told, page = alerts(paths)[-1], overview(paths.root)
    assert ran["states"]["land"] == "failed" and "password authentication failed" in ran["summaries"]["land"]
    assert (told["error"], told["title"]) == ("SourceFailed", "接入：税务 › 落地")
    assert "接入：税务 › 落地" in page and "来源读不出" in page
    assert "wrong-secret" not in json.dumps([ran, told])


def test_what_cannot_be_pulled_again_fails_at_once_and_says_why(platform: Airflow, paths: LakePaths) -> None:
    ran = platform.run("ingest_tax", paths, paths.root, as_of=DAYS[1], pull_dataset="arrears")

    assert (ran["state"], ran["states"]["land"]) == ("failed", "failed")


def test_runs_of_one_agency_never_pull_at_once_and_only_what_is_pulled_by_time_is_pulled_again(
    platform: Airflow, airflow: Airflow
) -> None:
    pulled_tax, dropped_tax = (asked.ask("facts")["dags"]["ingest_tax"] for asked in (platform, airflow))

    assert [dag["tasks"]["land"]["at_once"] for dag in (pulled_tax, dropped_tax)] == [1, 1]
    assert set(pulled_tax["form"]) == {"as_of", "pull_dataset", "pull_from"}
    assert set(dropped_tax["form"]) == {"as_of"}
