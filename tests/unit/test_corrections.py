"""Corrected and waived rows come back as a batch of their own, and each quarantined row has exactly one state."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from creditlake.cli import main
from creditlake.connectors.files import month_in
from creditlake.contracts import load_feeds
from creditlake.corrections import dataset_file
from creditlake.lake import LakePaths, reading
from creditlake.lake.fsck import fsck
from creditlake.lake.ledger import LedgerEntry

from tests.unit.clean_rows import invented_uscc
from tests.unit.deliveries import RATING, drop_ratings, ratings_csv
from tests.unit.test_ingest import ENUM, GOOD, query, take

RATINGS = load_feeds()["tax"].dataset("ratings")
TWO_RULES = {"统一社会信用代码": invented_uscc(5), "信用等级": "E", "评价单位": ""}
REQUIRED = "tax.ratings.required.评价单位"
Change = Callable[[dict[str, str]], None]
STATES = "select _source_row, _state, _state_batch_id, _state_by, _state_reason, _state_until from lake.quarantine"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[LakePaths, LedgerEntry]:
    """A lake with a batch of three rows, of which rows 2 and 3 are quarantined; only to be copied."""
    folder = tmp_path_factory.mktemp("made")
    paths = LakePaths(folder / "lake")
    wrong = {"统一社会信用代码": invented_uscc(2), "信用等级": "E"}
    return paths, take(paths, folder, ratings_csv(GOOD, wrong, TWO_RULES)).entry


@pytest.fixture
def paths(made: tuple[LakePaths, LedgerEntry], tmp_path: Path) -> LakePaths:
    """That lake, to be changed."""
    return LakePaths(shutil.copytree(made[0].root, tmp_path / "lake"))


@pytest.fixture
def first(made: tuple[LakePaths, LedgerEntry]) -> LedgerEntry:
    """The ledger line of its batch."""
    return made[1]


def export(paths: LakePaths, folder: Path) -> list[dict[str, str]]:
    """The open rows as ``creditlake quarantine`` writes them."""
    target = folder / "open.csv"
    assert main(["quarantine", f"--lake={paths.root}", "--dataset=tax.ratings", f"--out={target}"]) == 0
    with open(target, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def replay(paths: LakePaths, folder: Path, rows: list[dict[str, str]], name: str = "corrected.csv") -> int:
    """Bring rows back as ``creditlake replay`` does."""
    target = folder / name
    with open(target, "w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    arguments = ["--dataset=tax.ratings", f"--file={target}", "--as-of=2026-10-31"]
    return main(["replay", f"--lake={paths.root}", *arguments])


def waive(paths: LakePaths, batch: str, row: int, until: str = "2027-03-31") -> int:
    who = ["--by=王审核", "--reason=文书有误但事实成立", f"--until={until}", "--as-of=2026-10-31"]
    where = [f"--lake={paths.root}", "--dataset=tax.ratings", f"--batch={batch}", f"--row={row}"]
    return main(["waive", *where, *who])


def states(paths: LakePaths) -> list[tuple[object, ...]]:
    return query(paths, f"{STATES}.tax_ratings order by _batch_seq, _source_row")


def last_entry(paths: LakePaths) -> LedgerEntry:
    from creditlake.lake.ledger import entries

    with reading(paths) as connection:
        return entries(connection)[-1]


def test_open_rows_say_where_they_come_from_and_what_they_broke(
    paths: LakePaths, tmp_path: Path, first: LedgerEntry
) -> None:
    rows = export(paths, tmp_path)

    assert [(row["_corrects_batch_id"], row["_corrects_row"], row["_failed_rules"]) for row in rows] == [
        (first.batch_id, "2", ENUM),
        (first.batch_id, "3", f"{REQUIRED};{ENUM}"),
    ]


def test_a_corrected_row_comes_in_and_closes_the_quarantined_one(
    paths: LakePaths, tmp_path: Path, first: LedgerEntry
) -> None:
    row = export(paths, tmp_path)[0]

    assert replay(paths, tmp_path, [row | {"信用等级": "B"}]) == 0

    batch = last_entry(paths)
    assert (batch.rows_landed, batch.rows_validated, batch.rows_quarantined) == (1, 1, 0)
    assert states(paths) == [
        (2, "corrected", batch.batch_id, None, None, None),
        (3, "open", None, None, None, None),
    ]
    assert fsck(paths) == []


def test_a_correction_that_is_still_wrong_closes_nothing_and_is_quarantined_itself(
    paths: LakePaths, tmp_path: Path, first: LedgerEntry
) -> None:
    row = export(paths, tmp_path)[1]

    assert replay(paths, tmp_path, [row | {"信用等级": "B"}]) == 0

    assert [state[:2] for state in states(paths)] == [(2, "open"), (3, "open"), (1, "open")]
    assert fsck(paths) == []


def test_a_replay_again_changes_nothing(paths: LakePaths, tmp_path: Path, first: LedgerEntry) -> None:
    row = export(paths, tmp_path)[0] | {"信用等级": "B"}

    assert [replay(paths, tmp_path, [row], name) for name in ("one.csv", "two.csv")] == [0, 0]

    assert len(query(paths, "select 1 from lake.ops.batches")) == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda row: row.update(_corrects_row="1"), "row 1 is not an open row"),
        (lambda row: row.update(_corrects_row="99"), "row 99 is not an open row"),
        (lambda row: row.update(_corrects_batch_id="f" * 20), "is not an open row"),
        (lambda row: row.update(_corrects_batch_id=""), "corrects no row"),
        (lambda row: row.update(_corrects_row="two"), "corrects no row"),
        (lambda row: row.update(_waived_rules=ENUM), "the waiver lacks _waived_by"),
        (lambda row: row.update(_waived_by="王审核"), "the waiver lacks _waived_rules"),
        (
            lambda row: row.update(_waived_rules=ENUM, _waived_by="王", _waived_reason="因", _waived_until="明年"),
            "'明年' is not a day",
        ),
        (
            lambda row: row.update(
                _waived_rules=ENUM, _waived_by="王", _waived_reason="因", _waived_until="2026-10-30"
            ),
            "ratings, corrected.csv: row 1: the waiver ends on 2026-10-30, before 2026-10-31",
        ),
    ],
)
def test_a_delivery_that_settles_no_open_row_is_refused_whole(
    paths: LakePaths,
    tmp_path: Path,
    first: LedgerEntry,
    capsys: pytest.CaptureFixture[str],
    change: Change,
    reason: str,
) -> None:
    row = export(paths, tmp_path)[0] | {"信用等级": "B"} | dict.fromkeys(
        ("_waived_rules", "_waived_by", "_waived_reason", "_waived_until"), ""
    )  # fmt: skip
    before = states(paths)
    change(row)

    assert replay(paths, tmp_path, [row]) == 1

    entry = last_entry(paths)
    assert entry.reason is not None and entry.reason.startswith("bad_correction: ") and reason in entry.reason
    assert (entry.status, entry.rows_landed, entry.rows_refused) == ("refused", 1, 1)
    assert reason in capsys.readouterr().err
    assert states(paths) == before


def test_one_delivery_cannot_settle_a_row_twice(paths: LakePaths, tmp_path: Path, first: LedgerEntry) -> None:
    row = export(paths, tmp_path)[0]

    assert replay(paths, tmp_path, [row | {"信用等级": "B"}, row | {"信用等级": "A", "评价年度": "2024"}]) == 1

    assert "is settled 2 times" in str(last_entry(paths).reason)
    assert [state[1] for state in states(paths)] == ["open", "open"]


def test_a_row_settled_before_cannot_be_settled_again(paths: LakePaths, tmp_path: Path, first: LedgerEntry) -> None:
    row = export(paths, tmp_path)[0]

    assert replay(paths, tmp_path, [row | {"信用等级": "B"}]) == 0
    assert replay(paths, tmp_path, [row | {"信用等级": "A"}], "other.csv") == 1


def test_a_waiver_lets_a_row_in_and_says_who_why_and_until_when(
    paths: LakePaths, tmp_path: Path, first: LedgerEntry
) -> None:
    assert waive(paths, first.batch_id, 3) == 0

    batch = last_entry(paths)
    assert (batch.rows_validated, batch.rows_quarantined) == (1, 0)
    until = date(2027, 3, 31)
    assert states(paths)[1] == (3, "waived", batch.batch_id, "王审核", "文书有误但事实成立", until)
    assert query(
        paths, "select 信用等级, _valid_until from lake.validated.tax_ratings where _valid_until is not null"
    ) == [("E", until)]
    assert fsck(paths) == []


def test_the_waived_rule_is_a_warning_in_the_batch_of_the_waiver(
    paths: LakePaths, tmp_path: Path, first: LedgerEntry
) -> None:
    waive(paths, first.batch_id, 2)

    found = query(
        paths,
        f"select severity, failed_rows from lake.ops.quality_checks where rule_id = '{ENUM}' order by batch_id = "
        f"'{first.batch_id}' desc",
    )
    assert found == [("critical", 2), ("warning", 1)]


def test_the_first_batch_stays_as_it_was_counted(paths: LakePaths, tmp_path: Path, first: LedgerEntry) -> None:
    waive(paths, first.batch_id, 2)

    assert query(paths, f"select rows_quarantined from lake.ops.batches where batch_id = '{first.batch_id}'") == [(2,)]


def test_each_waived_row_of_a_delivery_ends_on_its_own_day(
    paths: LakePaths, tmp_path: Path, first: LedgerEntry
) -> None:
    plain, double = export(paths, tmp_path)
    corrected = plain | {"信用等级": "B"} | dict.fromkeys(("_waived_rules", "_waived_by", "_waived_reason"), "")
    waiver = {"_waived_rules": f"{ENUM};{REQUIRED}", "_waived_by": "王", "_waived_reason": "因"}

    assert (
        replay(paths, tmp_path, [corrected | {"_waived_until": ""}, double | waiver | {"_waived_until": "2027-01-31"}])
        == 0
    )

    assert query(paths, "select 信用等级, _valid_until from lake.validated.tax_ratings order by _batch_seq, 1") == [
        ("A", None),
        ("B", None),
        ("E", date(2027, 1, 31)),
    ]
    assert [state[1] for state in states(paths)] == ["corrected", "waived"]


def test_a_waiver_of_some_of_the_broken_rules_lets_nothing_in(
    paths: LakePaths, tmp_path: Path, first: LedgerEntry
) -> None:
    row = export(paths, tmp_path)[1]
    waiver = {"_waived_rules": ENUM, "_waived_by": "王", "_waived_reason": "因", "_waived_until": "2027-01-31"}

    assert replay(paths, tmp_path, [row | waiver]) == 0

    assert [state[1] for state in states(paths)] == ["open", "open", "open"]


def test_a_row_that_is_not_there_cannot_be_waived(
    paths: LakePaths, first: LedgerEntry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert waive(paths, first.batch_id, 1) == 1
    assert "row 1 is not an open row of the quarantine" in capsys.readouterr().err


def test_a_dataset_that_nobody_declares_cannot_be_replayed(paths: LakePaths, tmp_path: Path) -> None:
    file = drop_ratings(tmp_path, ratings_csv(GOOD)).path
    arguments = ["--dataset=tax.weather", f"--file={file}", "--as-of=2026-10-31"]
    with pytest.raises(SystemExit, match="2"):
        main(["replay", f"--lake={paths.root}", *arguments])


def test_a_correction_that_was_still_wrong_is_corrected_in_its_turn(
    paths: LakePaths, tmp_path: Path, first: LedgerEntry
) -> None:
    row = export(paths, tmp_path)[0]
    assert replay(paths, tmp_path, [row | {"信用等级": "F"}]) == 0
    again = export(paths, tmp_path)[-1]
    assert (again["信用等级"], again["_corrects_batch_id"]) == ("F", last_entry(paths).batch_id)

    assert replay(paths, tmp_path, [row | {"信用等级": "B"}, again | {"信用等级": "C", "评价年度": "2024"}]) == 0

    assert [state[:2] for state in states(paths)] == [(2, "corrected"), (3, "open"), (1, "corrected")]


def test_columns_of_a_waiver_in_a_file_that_corrects_nothing_refuse_it(paths: LakePaths, tmp_path: Path) -> None:
    columns = ("_waived_rules", "_waived_by", "_waived_reason", "_waived_until")
    wrong = {"统一社会信用代码": invented_uscc(9), "信用等级": "E"}
    waived = dict(zip(columns, (ENUM, "局内", "因", "2099-12-31"), strict=True))

    assert replay(paths, tmp_path, [{**RATING, **wrong, **waived}]) == 1

    assert str(last_entry(paths).reason).startswith("bad_correction: tax.ratings, corrected.csv: row 1 corrects no row")


def test_no_month_is_read_out_of_the_batch_and_row_that_a_waivers_file_is_named_by(paths: LakePaths) -> None:
    name = dataset_file(paths, RATINGS, "waiver-a202612b-2026-12").name

    assert name.startswith("ratings-waiver-") and month_in(name) is None
