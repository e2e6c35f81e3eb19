"""Two releases of hand-made rows about one subject, a month apart; a test changes one of them, or both."""

from __future__ import annotations

from creditlake.diff import Change, difference
from creditlake.lake import LakePaths
from creditlake.release import Release

from tests.unit import small_release
from tests.unit.report_release import CHANGES, USCC

OLD, NEW, SAME_DAY = "2026-09-30-aaaaaaaaaaaa", "2026-10-31-bbbbbbbbbbbb", "2026-09-30-cccccccccccc"
LATER = "2026-10-31-eeeeeeeeeeee"
COLUMNS = (
    "alter table mart_subjects add column registered_capital_yuan decimal(18, 2)",
    "alter table mart_metric_catalog add column name varchar",
    "update mart_batch_ledger set delivered_date = date '2026-09-01'",
    "update mart_credit_records set batch_id = 'p-2' where record_type = 'penalty'",
    "delete from mart_profile_deltas",
)
"""What the hand-made marts of a report lack; all batches came before both releases."""


def of_day(paths: LakePaths, release_id: str, *changes: str, code: str = "0", base: str | None = None) -> Release:
    """A release of the hand-made rows, changed, by a version of the code."""
    made = small_release.release(paths, release_id, *CHANGES, *COLUMNS, *changes)
    made.manifest.update({"code_version": code, "base": {"release_id": base} if base else None})
    return made


def changes_of(paths: LakePaths, old: Release, new: Release, subject: str = USCC) -> list[Change]:
    return list(difference(paths, old, new, subject).changes)


def causes(changes: list[Change], part: str) -> dict[tuple[str, str], list[tuple[str, str | None]]]:
    """Of a part, item and change with their causes: code and since when."""
    return {
        (one.item, one.change): [(cause["cause_code"], cause["since_date"]) for cause in one.causes]
        for one in changes
        if one.part == part
    }
