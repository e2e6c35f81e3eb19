"""The files of a hand-over: whole, the same again, never overwritten, and taken by a platform with our rules."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import stat
from datetime import date
from pathlib import Path

import pytest
from creditlake.cli import main
from creditlake.contracts import FOLDER, Reporting, all_datasets, load_feeds
from creditlake.lake import LakePaths, reading
from creditlake.pipeline import ingest_feed
from creditlake.submission import BadReceipt, SubmissionRefused, before_day, read_receipt, submit

from tests.unit.clean_rows import clean_row
from tests.unit.small_lake import execute
from tests.unit.submissions import (
    APRIL,
    APRIL_CSV,
    FIRST_OF_APRIL,
    FIRST_OF_MARCH,
    MARCH,
    deliver,
    lake_of_two_months,
    part,
    penalty,
)

REPORTED = [(dataset.feed, dataset.name) for dataset in all_datasets() if dataset.reported]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with penalties of March and April; only to be copied."""
    return lake_of_two_months(tmp_path_factory.mktemp("made")).root


@pytest.fixture
def paths(made: Path, tmp_path: Path) -> LakePaths:
    """That lake, to be changed."""
    return LakePaths(shutil.copytree(made, tmp_path / "lake"))


def test_json_lines_say_the_same_as_the_csv(paths: LakePaths, tmp_path: Path) -> None:
    submit(paths, FIRST_OF_APRIL, APRIL, tmp_path / "out")

    with open(tmp_path / "out" / APRIL_CSV, encoding="utf-8", newline="") as handle:
        rows = [{name: value or None for name, value in row.items()} for row in csv.DictReader(handle)]
    lines = (tmp_path / "out" / APRIL_CSV.replace(".csv", ".jsonl")).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == rows
    assert '写明"未标价"\n两次' in {row["CF_SY"] for row in rows}


def test_the_receipt_names_the_hash_of_every_file_and_nothing_else_lies_there(paths: LakePaths, tmp_path: Path) -> None:
    done = submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "out")

    named = {name: sha for entry in done.receipt["datasets"] for name, sha in entry["files"].items()}
    lying = {path.name: path for path in (tmp_path / "out").iterdir()}
    assert json.loads(lying.pop("receipt.json").read_text(encoding="utf-8")) == done.receipt
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in lying.items()} == named
    assert part(done.receipt, "tax.violations")["files"] == {}


def test_what_is_handed_up_is_closed_to_other_users(paths: LakePaths, tmp_path: Path) -> None:
    submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "out")

    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out").iterdir()} == {0o600}


def test_the_same_days_again_give_the_same_bytes(paths: LakePaths, tmp_path: Path) -> None:
    first = submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "out")
    again = submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "out")
    other = submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "other")

    assert (first.is_new, again.is_new, other.is_new) == (True, False, True)
    for path in first.folder.iterdir():
        assert path.read_bytes() == (other.folder / path.name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lake", "other", "out"]


def test_other_content_is_never_overwritten(paths: LakePaths, tmp_path: Path) -> None:
    submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}

    with pytest.raises(SubmissionRefused, match=r"holds other content.*2026-03-01_2026-04-30"):
        submit(paths, FIRST_OF_MARCH, APRIL, tmp_path / "out")

    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lake", "out"]


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_platform_with_the_same_rules_takes_every_row_and_ends_with_the_same_records(
    paths: LakePaths, tmp_path: Path, ending: str
) -> None:
    for feed, name in REPORTED:
        if feed != "penalty":
            deliver(paths, tmp_path / "drop", f"{feed}.{name}", f"{name}-2026-03.csv", clean_row(f"{feed}.{name}"))
    region = LakePaths(tmp_path / "region")
    submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "march")
    submit(paths, read_receipt(tmp_path / "march" / "receipt.json"), APRIL, tmp_path / "april")
    for path in sorted([*(tmp_path / "march").glob(f"*.{ending}"), *(tmp_path / "april").glob(f"*.{ending}")]):
        feed, _, name = path.name.partition(".")
        (tmp_path / "up" / feed).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, tmp_path / "up" / feed / name)

    for feed in {feed for feed, _ in REPORTED}:
        ingest_feed(region, tmp_path / "up", load_feeds()[feed], APRIL, "region")

    with reading(region) as lake:
        ledger = lake.execute("select status, sum(rows_landed), sum(rows_validated) from lake.ops.batches group by 1")
        # March: 3 penalties and one row of each of the 4 other datasets; April: i, u and d
        assert ledger.fetchall() == [("accepted", 10, 10)]
    everything = before_day(date(2020, 1, 1))
    submit(region, everything, APRIL, tmp_path / "theirs")
    submit(paths, everything, APRIL, tmp_path / "ours")
    theirs, ours = ({p.name: p.read_bytes() for p in (tmp_path / who).glob("*.*v")} for who in ("theirs", "ours"))
    assert theirs == ours
    assert len(ours) == len(REPORTED)


def test_a_lake_that_does_not_add_up_hands_up_nothing(paths: LakePaths, tmp_path: Path) -> None:
    execute(paths, "delete from lake.validated.penalty_decisions where CF_WSH = '测罚〔2026〕1号'")

    with pytest.raises(SubmissionRefused, match="5 rows landed, 2 are handed up"):
        submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "out")

    assert [path.name for path in tmp_path.iterdir()] == ["lake"]


def test_a_receipt_of_another_lake_is_refused(paths: LakePaths, tmp_path: Path) -> None:
    submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "march")
    other = LakePaths(tmp_path / "other")
    deliver(other, tmp_path / "drop", "penalty.decisions", "decisions-2026-03.csv", penalty(9))

    with pytest.raises(SubmissionRefused, match="this lake does not hold"):
        submit(other, read_receipt(tmp_path / "march" / "receipt.json"), APRIL, tmp_path / "april")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"to": "2026-03-31", "datasets": [{"dataset": "x"}]}', '{"to": "x"}']
)
def test_what_is_no_receipt_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "receipt.json").write_text(text, encoding="utf-8")

    with pytest.raises(BadReceipt, match="is no receipt"):
        read_receipt(tmp_path / "receipt.json")


def test_the_command_says_what_it_handed_up_and_refuses_days_that_are_none(
    paths: LakePaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["submit", f"--lake={paths.root}", "--from=2026-04-01", f"--out={tmp_path / 'out'}"]
    assert main([*arguments, "--to=2026-04-30"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert ["penalty.decisions", "3", "1", "1", "1", "1"] in [line.split() for line in lines]
    assert lines[-1] == f"{tmp_path / 'out'} holds it, with receipt.json"
    assert main([*arguments, "--to=2026-04-30"]) == 0
    assert "held these very bytes already" in capsys.readouterr().out

    assert main([*arguments, "--to=2026-03-30"]) == 1
    assert "nothing written: there is no day from 2026-04-01 to 2026-03-30" in capsys.readouterr().err


@pytest.mark.parametrize("since", [[], ["--from=2026-03-01", "--after=receipt.json"], ["--from=yesterday"]], ids=str)
def test_the_command_wants_to_know_from_where_in_one_way(tmp_path: Path, since: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["submit", f"--lake={tmp_path / 'lake'}", *since, "--to=2026-03-31", f"--out={tmp_path / 'up' / 'out'}"])

    assert end.value.code == 2


@pytest.mark.parametrize("since", ["--from=2026-03-01", "--after=receipt.json"])
def test_without_a_lake_or_a_receipt_nothing_is_made(tmp_path: Path, since: str) -> None:
    out = tmp_path / "up" / "out"

    assert main(["submit", f"--lake={tmp_path / 'lake'}", since, "--to=2026-03-31", f"--out={out}"]) == 1

    assert list(tmp_path.iterdir()) == []


def test_both_publicity_tables_and_the_lists_are_handed_up() -> None:
    assert REPORTED == [
        ("licensing", "permits"),
        ("penalty", "decisions"),
        ("registration", "abnormal"),
        ("social_security", "wage_arrears_list"),
        ("tax", "violations"),
    ]


def test_a_contract_cannot_report_days_or_names_that_nobody_understands(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="dates 'the third' is none of"):
        Reporting(dates="the third")  # type: ignore[arg-type]

    contract = (FOLDER / "penalty.yml").read_text(encoding="utf-8")
    (tmp_path / "penalty.yml").write_text(contract.replace("[CF_FRDB]", "[CF_FR_SFZH]"), encoding="utf-8")
    with pytest.raises(ValueError, match="from columns that hold none: CF_FR_SFZH"):
        load_feeds(tmp_path)
