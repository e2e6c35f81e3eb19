"""What a release says otherwise than that of the day before, and why: each case has a subject of its own.

One lake, two releases: as of 14 and of 15 October 2026. Files of the 15th lie in the drop from the beginning.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from creditlake.cli import main
from creditlake.diff import difference
from creditlake.lake import LakePaths, reading, writing
from creditlake.modelling import last_build
from creditlake.release import Release, current, list_releases, publish, verify

from tests.e2e.conftest import Once
from tests.e2e.harness import NOON, query, run
from tests.e2e.test_cases import AUTHORITY, application
from tests.e2e.test_semantics import Drop, fine
from tests.unit.clean_rows import Row, invented_uscc

EVE, DAY = date(2026, 10, 14), date(2026, 10, 15)
REPAIRED, EXPIRED, WITHDRAWN, PAID, ADDED, CHANGED, OLDER, YEAR_OLD, COMING, RICHER, QUIET, SHORTENED = range(801, 813)
SUBJECTS, FINES, ARREARS = "registration.subjects", "penalty.decisions", "tax.arrears"
TODAY = {"提供日期": "2026-10-15"}
UPDATE = TODAY | {"增删改标志": "u"}
REPAIRED_NUMBER = "呼市监罚〔2026〕88号"


def registered(drop: Drop, subject: int, **changes: str | None) -> Row:
    return drop.row(SUBJECTS, subject, 注册号=None, **{"提供日期": "2026-03-11"} | changes)


def of_the_fourteenth(drop: Drop) -> dict[int, dict[str, str | None]]:
    """Deliver what both releases know, and return the fines by subject."""
    drop.deliver(SUBJECTS, [registered(drop, one) for one in range(801, 813) if one != COMING])
    fines = {
        REPAIRED: fine(drop, REPAIRED, "2026-05-06", CF_WSH=REPAIRED_NUMBER, CF_CFJG=AUTHORITY),
        EXPIRED: fine(drop, EXPIRED, "2026-05-06", CF_GSJZQ="2026-10-14"),
        WITHDRAWN: fine(drop, WITHDRAWN, "2026-05-06"),
        CHANGED: fine(drop, CHANGED, "2026-05-06", 20000),
        OLDER: fine(drop, OLDER, "2026-04-15"),
        YEAR_OLD: fine(drop, YEAR_OLD, "2025-10-15"),
        COMING: fine(drop, COMING, "2026-05-06"),
        QUIET: fine(drop, QUIET, "2026-05-06"),
        SHORTENED: fine(drop, SHORTENED, "2026-05-06"),
    }
    drop.deliver(FINES, list(fines.values()))
    return fines


def deliveries(folder: Path) -> Path:
    drop = Drop(folder)
    fines = of_the_fourteenth(drop)
    owed = drop.row(ARREARS, PAID, 纳税人识别号=None)
    drop.deliver(ARREARS, [owed])
    drop.deliver(ARREARS, [owed | UPDATE | {"是否补缴": "是"}], "-paid")
    drop.deliver(SUBJECTS, [registered(drop, COMING, **TODAY),
                            registered(drop, RICHER, 注册资金="200(万人民币元)", **UPDATE)], "-today")  # fmt: skip
    drop.deliver(FINES, [
        fine(drop, ADDED, "2026-10-13", **TODAY),
        fines[CHANGED] | UPDATE | {"CF_NR": "罚款30000元", "CF_NR_FK": "3"},
        fines[WITHDRAWN] | TODAY | {"增删改标志": "d"},
        fines[SHORTENED] | UPDATE | {"CF_GSJZQ": "2026-10-13"},
    ], "-today")  # fmt: skip
    drop.deliver("repair.cases", [application(drop, REPAIRED, "XF1", document=REPAIRED_NUMBER)])
    return folder


@pytest.fixture(scope="module")
def lake(once: Once) -> LakePaths:
    """The lake with both releases; only to be read, or published again."""

    def make(folder: Path) -> None:
        drop, made = deliveries(folder / "drop"), LakePaths(folder / "lake")
        assert run(made, drop, EVE) == 0
        with writing(made) as connection:  # as a version of the project would have left it that had no such column
            connection.execute("alter table lake.seeds.ref_evaluation_caps drop column reason")
        assert run(made, drop, DAY) == 0

    return LakePaths(once("deltas", make) / "lake")


def releases(lake: LakePaths) -> tuple[Release, Release]:
    eve, day = list_releases(lake)
    return eve, day


def deltas(release: Release, number: int) -> set[tuple[Any, ...]]:
    """What the mart says of a subject, without the keys of its records."""
    about = f"(select subject_id from mart_subjects where uscc = '{invented_uscc(number)}')"
    item = "case when item_type <> 'record' then item end"
    statement = (
        f"select item_type, {item}, change_type, cause_code, cast(since_date as varchar) from mart_profile_deltas"
    )
    return set(query(release, f"{statement} where subject_id = {about}"))


def test_the_first_release_has_nothing_to_be_compared_with(lake: LakePaths) -> None:
    eve, day = releases(lake)

    assert query(eve, "select count(*) from mart_profile_deltas") == [(0,)]
    assert eve.manifest["base"] is None
    assert day.manifest["base"] == {"release_id": eve.release_id, "as_of": "2026-10-14", "subjects_gone": 0}
    assert verify(day) == []


def test_a_seed_that_got_another_column_is_made_anew(lake: LakePaths) -> None:
    with reading(lake) as connection:
        caps = connection.execute("select score_code, reason from lake.seeds.ref_evaluation_caps").fetchall()

    assert caps == [("S01", "行政处罚合计最多减300分，超出部分不再减")]


SCORED = ("evaluation_score", "evaluation_grade", "supervision_class")
RECORDS = {
    REPAIRED: {("record", None, "removed", "repair", "2026-10-15")},
    EXPIRED: {("record", None, "removed", "expiry", "2026-10-15")},
    WITHDRAWN: {("record", None, "removed", "withdrawal", "2026-10-15")},
    PAID: {("record", None, "removed", "ended", None)},
    ADDED: {("record", None, "added", "source", "2026-10-15")},
    CHANGED: {("record", None, "changed", "source", "2026-10-15")},
    OLDER: set[tuple[Any, ...]](),
    YEAR_OLD: set[tuple[Any, ...]](),
    COMING: {("record", None, "added", "registration", None)},
    SHORTENED: {("record", None, "removed", "expiry", "2026-10-14")},
}


@pytest.mark.parametrize("subject", sorted(RECORDS))
def test_every_record_has_its_cause(lake: LakePaths, subject: int) -> None:
    found = {row for row in deltas(current(lake), subject) if row[0] == "record"}

    assert found == RECORDS[subject]


NUMBERS = {
    # 900 - 40 + 20 (seven years) = 880, and 920 without the fine: B to A, B to A
    REPAIRED: ("repair", "2026-10-15", {*SCORED, "penalty_count_12m", "penalty_count_visible", "fines_yuan_visible"}),
    EXPIRED: ("expiry", "2026-10-15", {*SCORED, "penalty_count_12m", "penalty_count_visible", "fines_yuan_visible"}),
    # 1,200.50 of 1,000,000 yuan: 900 - 30 + 20 = 890, and 920 without the debt
    PAID: ("ended", None, {*SCORED, "tax_arrears_yuan"}),
    CHANGED: ("source", "2026-10-15", {"fines_yuan_visible"}),
    # six months old on the 15th: 880 to 892, still B and B
    OLDER: ("window", None, {"evaluation_score"}),
}


@pytest.mark.parametrize("subject", sorted(NUMBERS))
def test_every_number_has_the_cause_of_what_moved_it(lake: LakePaths, subject: int) -> None:
    cause, since, numbers = NUMBERS[subject]

    found = {row for row in deltas(current(lake), subject) if row[0] == "profile"}

    assert found == {("profile", number, "changed", cause, since) for number in numbers}


def test_what_left_the_twelve_months_and_grew_older_is_told_apart(lake: LakePaths) -> None:
    assert deltas(current(lake), YEAR_OLD) == {
        ("profile", "evaluation_score", "changed", "window", None),  # 28 points, and 16 from twelve months on
        ("profile", "penalty_count_12m", "changed", "window", "2026-10-15"),
    }


def test_a_register_entry_that_is_new_or_changed_is_the_subjects_own(lake: LakePaths) -> None:
    coming, richer = deltas(current(lake), COMING), deltas(current(lake), RICHER)

    assert {row for row in coming if row[0] != "record"} == {("subject", "subject_id", "added", "registration", None)}
    assert richer == {("subject", "registered_capital_yuan", "changed", "registration", None)}


def test_who_did_not_change_has_no_row(lake: LakePaths) -> None:
    assert deltas(current(lake), QUIET) == set()


def test_a_removed_record_leaves_only_the_hash_of_its_key(lake: LakePaths) -> None:
    eve, day = releases(lake)
    gone = [record for (record,) in query(eve, "select record_id from mart_credit_records")
            if not query(day, f"from mart_credit_records where record_id = '{record}'")]  # fmt: skip

    rows = query(day, "select * from mart_profile_deltas")

    told = {str(cell) for row in rows for cell in row}
    assert len(gone) == 5
    assert not told & {*gone, REPAIRED_NUMBER, AUTHORITY, "50000.00", "1200.50"}
    hashed = "select count(*) from mart_profile_deltas where item in (select sha256(unnest(?)))"
    with duckdb.connect() as connection:
        connection.execute(f"create view mart_profile_deltas as from '{day.mart('mart_profile_deltas')}'")
        assert connection.execute(hashed, [gone]).fetchone() == (5,)


def test_published_again_it_is_the_same_release_whatever_is_current(lake: LakePaths) -> None:
    eve, day = releases(lake)
    assert main(["--quiet", "rollback", eve.release_id, f"--lake={lake.root}"]) == 0

    again = publish(lake, last_build(lake.dbt), DAY, NOON.replace(year=2027))

    assert again.release_id == day.release_id
    assert current(lake).release_id == day.release_id


def test_the_lake_says_the_same_as_the_released_deltas(lake: LakePaths) -> None:
    eve, day = releases(lake)
    alone = Release(day.folder, day.manifest | {"base": None})
    nowhere = LakePaths(lake.root.parent / "no_lake")

    for subject in RECORDS:
        code = invented_uscc(subject)
        by_release, by_lake = difference(lake, eve, day, code), difference(lake, eve, alone, code)
        assert (by_release.ends_from, by_lake.ends_from) == ("release", "lake")
        assert by_lake.changes == by_release.changes
    untold = difference(nowhere, eve, alone, invented_uscc(REPAIRED))
    assert (untold.ends_from, untold.changes[0].causes[0]["cause_code"]) == ("nowhere", "unknown")


def test_the_command_tells_it_in_words_and_as_json(lake: LakePaths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", invented_uscc(REPAIRED), f"--lake={lake.root}"]) == 0
    words = capsys.readouterr().out
    assert main(["diff", invented_uscc(CHANGED), f"--lake={lake.root}", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)

    assert "移除  行政处罚" in words and "信用修复（自 2026-10-15）" in words
    assert "公共信用综合评价得分  880 → 920" in words
    assert REPAIRED_NUMBER not in words
    (record,) = [change for change in document["changes"] if change["part"] == "record"]
    assert (record["old"]["amount_yuan"], record["new"]["amount_yuan"]) == ("20000.00", "30000.00")
    with reading(lake) as connection:
        row = connection.execute(
            "select CF_NR from lake.validated.penalty_decisions where _batch_id = ? and _source_row = ?",
            [record["causes"][0]["batch_id"], record["causes"][0]["source_row"]],
        ).fetchone()
    assert row == ("罚款30000元",)


def test_without_an_older_release_there_is_nothing_to_compare(
    lake: LakePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    eve, _ = releases(lake)

    assert main(["diff", invented_uscc(QUIET), f"--lake={lake.root}", f"--to={eve.release_id}"]) == 1

    assert "there is no release of a day before 2026-10-14" in capsys.readouterr().err
