"""A withdrawn record leaves everything that showed it: the release is that of a lake into which it never came.

One subject has a record of every dataset and keeps them; a second has the same records and loses them all by rows that
say no more than the key; a third is withdrawn from the register. The control lake gets all but what is withdrawn.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from creditlake.contracts import Dataset, all_datasets
from creditlake.lake import LakePaths
from creditlake.release import Release, current
from creditlake.submission import before_day, submit

from tests.e2e.conftest import Once
from tests.e2e.harness import AS_OF, copy_of, query, run
from tests.e2e.test_semantics import Drop
from tests.unit.clean_rows import Row, invented_uscc

KEEPS, LOSES, LEAVES = 801, 802, 803
SUBJECTS = "registration.subjects"
DATASETS = {f"{one.feed}.{one.name}": one for one in all_datasets()}
OF_DELIVERIES = {"mart_batch_ledger", "mart_quality_checks"}
LINEAGE = {"batch_id", "source_sha256", "source_row"}
"""C09 of the index beside them: the share of wrong codes among all rows that were handed over (重错码率)."""
OWN: dict[str, dict[str, str | None]] = {
    "penalty.decisions": {"CF_CFLB": "罚款", "CF_NR": "罚款50000元", "CF_NR_FK": "5", "CF_GSJZQ": None},
    "social_security.headcounts": {"应收年月": "202609"},
    "tax.arrears": {"纳税人识别号": None},
}
"""What the clean rows lack: a penalty that is shown, a month that counts, no other subject's number."""


def record(drop: Drop, name: str, subject: int) -> dict[str, str | None]:
    """A record handed over in the morning of 20 October."""
    return drop.row(name, subject, **OWN.get(name, {}), 提供日期="2026-10-20 09:00:00.25")


def withdrawal(dataset: Dataset, row: Row) -> dict[str, str | None]:
    """The row that withdraws a record in the afternoon: its key, and empty fields."""
    said = {column for part in dataset.key for column in part[:1]}
    emptied = {name: value if name in said else None for name, value in row.items()}
    return emptied | {"提供日期": "2026-10-20T16:30:00", "增删改标志": "d"}


def deliveries(folder: Path, *, came: bool) -> Path:
    """A drop in which what is withdrawn came before its withdrawal, or never came."""
    drop = Drop(folder)
    for name, dataset in DATASETS.items():
        kept, lost = record(drop, name, KEEPS), record(drop, name, LEAVES if name == SUBJECTS else LOSES)
        stays = [record(drop, name, LOSES)] if name == SUBJECTS else []
        drop.deliver(name, [kept, *stays], "-kept")
        if came:
            drop.deliver(name, [lost], "-lost")
        drop.deliver(name, [withdrawal(dataset, lost)], "-withdrawn")
    return folder


@pytest.fixture(scope="module")
def releases(village_lake: LakePaths, once: Once) -> tuple[LakePaths, LakePaths]:
    """The lake after the withdrawals, and the one in which what they withdraw never came."""

    def make(folder: Path) -> None:
        for name, came in (("after", True), ("never", False)):
            paths = copy_of(village_lake, folder / name)
            assert run(paths, deliveries(folder / f"drop_{name}", came=came)) == 0

    folder = once("withdrawals", make)
    return LakePaths(folder / "after"), LakePaths(folder / "never")


def rows(release: Release, mart: str) -> list[tuple[Any, ...]]:
    """The rows of a mart without what says by which delivery they came, or measures the deliveries themselves."""
    names = [name for name, *_ in query(release, f"describe {mart}") if name not in LINEAGE]
    about = "indicator_code <> 'C09'" if mart == "mart_city_credit_index" else "true"
    return query(release, f"select {', '.join(names)} from {mart} where {about} order by all")


def subject(number: int) -> str:
    """SQL of a subject's id."""
    return f"(select subject_id from mart_subjects where uscc = '{invented_uscc(number)}')"


def test_every_withdrawal_was_taken(releases: tuple[LakePaths, LakePaths]) -> None:
    counts = "select count(*), sum(rows_validated), sum(rows_quarantined), sum(rows_refused) from mart_batch_ledger"

    after, never = (query(current(paths), counts)[0] for paths in releases)

    assert [more - less for more, less in zip(after, never, strict=True)] == [len(DATASETS), len(DATASETS), 0, 0]


@pytest.mark.parametrize(
    ("mart", "condition"),
    [
        *(
            ("mart_credit_records", f"feed || '.' || dataset = '{name}'")
            for name in DATASETS
            if name
            not in (
                SUBJECTS,
                "social_security.headcounts",
                "lending.authorizations",
                "repair.cases",
                "objection.cases",
                "identity.decisions",
            )
        ),
        ("mart_subject_profiles", "insured_headcount = 12"),
        ("mart_subject_profiles", "penalty_count_visible = 1 and permits_valid = 1 and tax_rating = 'B'"),
        ("mart_subject_profiles", "is_on_serious_list and is_abnormal and tax_arrears_yuan > 0"),
        ("mart_loan_scores", "true"),
        ("mart_portrait_tags", "true"),
    ],
)
def test_what_is_not_withdrawn_shows_and_what_is_withdrawn_does_not(
    releases: tuple[LakePaths, LakePaths], mart: str, condition: str
) -> None:
    release = current(releases[0])

    kept, lost = (
        query(release, f"select count(*) from {mart} where subject_id = {subject(who)} and {condition}")[0][0]
        for who in (KEEPS, LOSES)
    )

    assert (kept > 0, lost) == (True, 0)


def test_a_subject_withdrawn_from_the_register_is_gone(releases: tuple[LakePaths, LakePaths]) -> None:
    found = [query(current(releases[0]), f"select {subject(who)}")[0][0] is not None for who in (KEEPS, LOSES, LEAVES)]

    assert found == [True, True, False]


def test_every_mart_is_as_if_the_record_had_never_come(releases: tuple[LakePaths, LakePaths]) -> None:
    after, never = (current(paths) for paths in releases)
    marts = {entry["name"] for entry in after.manifest["marts"]} - OF_DELIVERIES

    differing = {mart for mart in marts if rows(after, mart) != rows(never, mart)}

    assert len(marts) == 15
    assert differing == set()


def test_nothing_of_it_is_handed_up(releases: tuple[LakePaths, LakePaths], tmp_path: Path) -> None:
    october = before_day(date(2026, 10, 1))

    after, never = (
        dict(handed_up(submit(paths, october, AS_OF, tmp_path / paths.root.name).folder)) for paths in releases
    )

    assert len(after) == sum(dataset.reported is not None for dataset in DATASETS.values())
    assert all(invented_uscc(KEEPS) in text and invented_uscc(LOSES) not in text for text in after.values())
    assert after == never


def handed_up(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield name and content of the files of a hand-over, without the number of the hand-over."""
    for file in folder.glob("*.csv"):
        with open(file, encoding="utf-8", newline="") as handle:
            listed = [{**row, "前置库数据批次号": ""} for row in csv.DictReader(handle)]
        yield file.name, "\n".join(map(str, listed))
