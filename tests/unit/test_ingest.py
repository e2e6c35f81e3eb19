"""A batch is one transaction: rows, quarantine, checks and ledger together, once, whoever asks again."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
from creditlake.bronze import Batch
from creditlake.contracts import load_feeds
from creditlake.ingest import Outcome, validate
from creditlake.lake import LakePaths, Writer, reading
from creditlake.lake.fsck import fsck
from creditlake.lake.ledger import LedgerEntry
from creditlake.pipeline import ingest_feed

from tests.unit.clean_rows import invented_uscc
from tests.unit.deliveries import bronze_of, drop_ratings, ratings_csv
from tests.unit.small_lake import rows_of

AS_OF = date(2026, 10, 31)
GOOD = {"统一社会信用代码": invented_uscc(1)}
WRONG_GRADE = {"统一社会信用代码": invented_uscc(2), "信用等级": "E"}
ENUM = "tax.ratings.enum.信用等级"


def take(paths: LakePaths, folder: Path, content: str, name: str = "ratings-2026-10.csv") -> Outcome:
    """Land, read and validate one delivery of ratings."""
    (batch,) = bronze_of(paths, drop_ratings(folder, content, name), AS_OF)
    assert isinstance(batch, Batch)
    return validate(paths, batch, "test")


def query(paths: LakePaths, statement: str) -> list[tuple[object, ...]]:
    with reading(paths) as connection:
        return connection.execute(statement).fetchall()


def test_every_row_is_validated_or_quarantined_with_its_rules(paths: LakePaths, tmp_path: Path) -> None:
    outcome = take(
        paths,
        tmp_path,
        ratings_csv(GOOD, WRONG_GRADE, {**WRONG_GRADE, "统一社会信用代码": invented_uscc(4), "评价单位": ""}),
    )

    entry = outcome.entry
    assert (entry.rows_landed, entry.rows_validated, entry.rows_quarantined, entry.rows_refused) == (3, 1, 2, 0)
    assert query(paths, "select _source_row from lake.validated.tax_ratings") == [(1,)]
    kept = query(
        paths, "select _source_row, 信用等级, _state, list_contains(_failed_rules, 'tax.ratings.enum.信用等级'),"
        " len(_failed_rules) from lake.quarantine.tax_ratings order by all"
    )  # fmt: skip
    assert kept == [(2, "E", "open", True, 1), (3, "E", "open", True, 2)]
    assert fsck(paths) == []


def test_validated_rows_are_normalised_and_quarantined_ones_are_as_received(paths: LakePaths, tmp_path: Path) -> None:
    code = invented_uscc(3)
    take(paths, tmp_path, ratings_csv({"统一社会信用代码": f" {code.lower()}"}, {**WRONG_GRADE, "信用等级": " e "}))

    assert query(paths, "select 统一社会信用代码 from lake.validated.tax_ratings") == [(code,)]
    assert query(paths, "select 信用等级 from lake.quarantine.tax_ratings") == [(" e ",)]


def test_the_counts_of_each_rule_are_kept(paths: LakePaths, tmp_path: Path) -> None:
    take(paths, tmp_path, ratings_csv(GOOD, WRONG_GRADE))

    statement = "select severity, scope, evaluated_rows, failed_rows from lake.ops.quality_checks where rule_id = "
    found = query(paths, f"{statement} '{ENUM}'")
    assert found == [("critical", "row", 2, 1)]


def test_the_same_batch_again_changes_nothing(paths: LakePaths, tmp_path: Path) -> None:
    first = take(paths, tmp_path, ratings_csv(GOOD, WRONG_GRADE))
    again = take(paths, tmp_path, ratings_csv(GOOD, WRONG_GRADE), "ratings-again.csv")

    assert (first.is_new, again.is_new) == (True, False)
    assert again.entry == first.entry
    assert len(rows_of(paths, "ops.batches")) == len(rows_of(paths, "validated.tax_ratings")) == 1


def test_a_refused_file_has_a_ledger_line_and_no_rows(paths: LakePaths, tmp_path: Path) -> None:
    entry = take(paths, tmp_path, "<html><body>登录超时</body></html>").entry

    assert entry.status == "refused"
    assert entry.reason is not None and entry.reason.startswith("html: ")
    assert rows_of(paths, "validated.tax_ratings") == rows_of(paths, "quarantine.tax_ratings") == []


def test_the_tables_of_all_datasets_are_there_from_the_first_batch_on(paths: LakePaths, tmp_path: Path) -> None:
    take(paths, tmp_path, ratings_csv(GOOD))

    statement = "select table_name from information_schema.tables where table_catalog = 'lake'"
    tables = {name for (name,) in query(paths, f"{statement} and table_schema = 'validated'")}
    assert tables == {dataset.table for feed in load_feeds().values() for dataset in feed.datasets}


def test_a_feed_is_ingested_file_by_file_and_a_refused_one_stops_nothing(paths: LakePaths, tmp_path: Path) -> None:
    drop_ratings(tmp_path, ratings_csv(GOOD), "ratings-2026-09.csv")
    drop_ratings(tmp_path, "", "ratings-2026-08.csv")
    drop_ratings(tmp_path, ratings_csv(GOOD), "ratings-2026-12.csv")
    drop_ratings(tmp_path, ratings_csv(WRONG_GRADE), "ratings-2027-01.csv")

    ingested = ingest_feed(paths, tmp_path / "drop", load_feeds()["tax"], AS_OF, "test")

    assert [(o.entry.source_name, o.entry.status, o.is_new) for o in ingested.outcomes] == [
        ("ratings-2026-08.csv", "refused", True),
        ("ratings-2026-09.csv", "accepted", True),
        ("ratings-2026-09.csv", "accepted", False),
    ]
    assert [postponed.source_name for postponed in ingested.postponed] == ["ratings-2027-01.csv"]


def test_a_ledger_row_that_does_not_add_up_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="3 rows landed"):
        LedgerEntry("tax", "ratings", "b", "0", "a.csv", "", 1, AS_OF, 3, 1, 1, 0, "accepted")


def test_a_writer_keeps_its_connection_between_turns(paths: LakePaths) -> None:
    with Writer(paths) as writer:
        with writer.turn() as first:
            pass
        with writer.turn() as second:
            pass

        assert second is first


def test_a_writer_throws_a_connection_away_after_a_turn_that_failed(paths: LakePaths) -> None:
    with Writer(paths) as writer:
        with pytest.raises(duckdb.CatalogException), writer.turn() as failed:
            failed.execute("begin")
            failed.execute("delete from lake.ops.batches")
            failed.execute("select * from lake.ops.nothing")
        with writer.turn() as fresh:
            assert fresh is not failed
            assert fresh.execute("select count(*) from lake.ops.batches").fetchone() == (0,)


def test_a_writer_lets_others_write_between_its_turns_and_sees_their_work(paths: LakePaths, tmp_path: Path) -> None:
    with Writer(paths) as writer:
        with writer.turn():
            pass
        take(paths, tmp_path, ratings_csv(GOOD))
        with writer.turn() as connection:
            assert connection.execute("select count(*) from lake.ops.batches").fetchone() == (1,)


def test_a_writer_does_not_write_into_a_catalogue_that_was_replaced(paths: LakePaths, tmp_path: Path) -> None:
    (batch,) = bronze_of(paths, drop_ratings(tmp_path, ratings_csv(GOOD)), AS_OF)
    assert isinstance(batch, Batch)
    with Writer(paths) as writer:
        with writer.turn():
            pass
        for file in paths.root.glob("catalog.sqlite*"):
            file.unlink()
        shutil.rmtree(paths.data)
        paths.create()
        assert validate(paths, batch, "test", writer).is_new

    assert len(rows_of(paths, "ops.batches")) == 1
