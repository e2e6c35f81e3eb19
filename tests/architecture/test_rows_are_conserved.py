"""Laws L5 and L7: every landed row is somewhere, and the same content is the same batch, once."""

from __future__ import annotations

import dataclasses
import inspect
from datetime import date
from pathlib import Path

import pytest
from creditlake.bronze import Batch, batch_id
from creditlake.ingest import validate
from creditlake.lake import LakePaths, reading
from creditlake.lake.ledger import LedgerEntry, entries

from tests.conftest import AS_OF
from tests.unit.clean_rows import invented_uscc
from tests.unit.deliveries import bronze_of, drop_ratings, ratings_csv

ENTRY = LedgerEntry(
    feed="tax",
    dataset="ratings",
    batch_id="b" * 20,
    source_sha256="0" * 64,
    source_name="ratings.csv",
    member="",
    batch_seq=1,
    delivered_date=date(2026, 10, 31),
    rows_landed=10,
    rows_validated=7,
    rows_quarantined=3,
    rows_refused=0,
    status="accepted",
)


def take(paths: LakePaths, folder: Path, content: str, name: str = "ratings-2026-10.csv") -> LedgerEntry:
    """Land, read and judge one delivery."""
    (batch,) = bronze_of(paths, drop_ratings(folder, content, name), AS_OF)
    assert isinstance(batch, Batch)
    return validate(paths, batch, "test").entry


@pytest.mark.parametrize(
    ("validated", "quarantined", "refused"), [(6, 3, 0), (8, 3, 0), (7, 3, 1), (0, 0, 9), (10, 3, -2)]
)
def test_l5_a_ledger_line_that_does_not_conserve_cannot_be_made(validated: int, quarantined: int, refused: int) -> None:
    with pytest.raises(ValueError, match="10 rows landed") as raised:
        dataclasses.replace(ENTRY, rows_validated=validated, rows_quarantined=quarantined, rows_refused=refused)

    assert str(raised.value).startswith("tax.ratings, batch bbbbbbbbbbbbbbbbbbbb") or refused < 0


def test_l5_no_row_is_lost_or_invented(paths: LakePaths, tmp_path: Path) -> None:
    parties = [{"统一社会信用代码": invented_uscc(number)} for number in range(6)]
    rows = [*parties[:4], parties[4] | {"信用等级": "E"}, parties[5] | {"评定时间": ""}, parties[0]]

    entry = take(paths, tmp_path, ratings_csv(*rows))

    with reading(paths) as lake:
        validated = lake.execute("select _source_row from lake.validated.tax_ratings order by all").fetchall()
        kept_out = lake.execute("select _source_row from lake.quarantine.tax_ratings order by all").fetchall()
    assert (entry.rows_landed, entry.rows_validated, entry.rows_quarantined, entry.rows_refused) == (7, 4, 3, 0)
    assert sorted(validated + kept_out) == [(row,) for row in range(1, 8)]


def test_l5_the_rows_of_a_refused_file_are_counted(paths: LakePaths, tmp_path: Path) -> None:
    header = ("统一社会信用代码", "纳税人名称", "评价年度", "信用等级", "评价单位", "评定时间", "颜色")

    entry = take(paths, tmp_path, ratings_csv({}, {}, header=header))

    assert (entry.status, entry.rows_validated, entry.rows_quarantined) == ("refused", 0, 0)
    assert entry.rows_landed == entry.rows_refused


def test_l7_a_batch_id_is_made_of_feed_dataset_member_and_content_alone() -> None:
    assert list(inspect.signature(batch_id).parameters) == ["feed", "dataset", "member", "source_sha256"]
    assert batch_id("tax", "ratings", "", "0" * 64) == "3e5d514e08fea2054e19"


@pytest.mark.parametrize("other", [("t", "ratings", "", "0"), ("tax", "r", "", "0"), ("tax", "ratings", "m", "0"),
                                   ("tax", "ratings", "", "1")])  # fmt: skip
def test_l7_each_of_the_four_makes_another_batch(other: tuple[str, str, str, str]) -> None:
    assert batch_id(*other) != batch_id("tax", "ratings", "", "0")


def test_l7_the_same_file_under_another_name_and_day_is_the_same_batch_once(paths: LakePaths, tmp_path: Path) -> None:
    content = ratings_csv({"统一社会信用代码": invented_uscc(1)}, {"信用等级": "E"})

    first = take(paths, tmp_path, content)
    second = take(paths, tmp_path, content, "ratings_重新报送-2026-09.csv")

    with reading(paths) as lake:
        ledger = entries(lake)
        rows = lake.execute("select count(*) from lake.validated.tax_ratings").fetchone()
    assert first == second
    assert ledger == [first]
    assert rows == (1,)
