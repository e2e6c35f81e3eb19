"""Compare two releases about one subject.

Of a record that is shown no more only its key, kind and cause are told. Who is judged for a loan in one of the two
releases alone is told without the older figures: without an authorisation there are none.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from creditlake.diff import statements
from creditlake.lake import LakePaths, reading
from creditlake.modelling import DbtFailed, last_build
from creditlake.release import Release
from creditlake.release.causes import RECORD
from creditlake.release.comparing import NO_ENDS, Side, ask_the_lake, compare, open_sides
from creditlake.release.deltas import DELTAS, prove
from creditlake.release.store import SEAL

PEERS = {"cause_code": "peers", "since_date": None}
"""The cause of a percentile beside the subject's own score: the others' scores, or who they are."""


class CannotCompare(ValueError):
    """The releases cannot be compared, or know no such subject; the message says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed.

    Attributes:
        part: subject, record, profile, evaluation, portrait, percentile, loan_score or loan.
        item: Key of a record; else the column, item of the card, dimension, model or feature.
        about: Of a record its kind; of an item of the card its feature.
        change: added, changed or removed.
        old: Value in the older release; of a record that changed, what was otherwise in it. None where it is not told.
        causes: Each with cause_code and since_date; of an added or changed record with batch_id and source_row.
    """

    part: str
    item: str
    about: str
    change: str
    old: Any
    new: Any
    causes: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changed of a subject.

    Attributes:
        subject: subject_id, uscc and name.
        old, new: release_id, as_of, code_version and seeds_sha256.
        ends_from: What tells why records are shown no more: release, lake, or nowhere.
    """

    subject: dict[str, str]
    old: dict[str, str]
    new: dict[str, str]
    ends_from: str
    changes: tuple[Change, ...]

    def document(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


def difference(paths: LakePaths, old: Release, new: Release, subject: str) -> Difference:
    """Compare two releases about a subject, named by its code or its subject_id.

    Raises:
        CannotCompare: a release is sealed, or the older one is of a later day; or neither knows the subject.
        BaseDamaged: a mart is not what was published.
    """
    for release in (old, new):
        if (release.folder / SEAL).exists():
            raise CannotCompare(f"{release.release_id} is sealed: its marts were taken away, only its manifest is left")
        prove(release)
    if old.as_of > new.as_of:
        raise CannotCompare(f"{old.release_id} is of a later day than {new.release_id}")
    sides, ends_from = (Side.of(old), Side.of(new)), _ends_from(paths, old, new)
    with _connection(paths, ends_from) as connection:
        found = _subject(connection, *sides, subject)
        key = found["subject_id"]
        open_sides(connection, *sides, key)
        if ends_from == "lake":
            ask_the_lake(connection)
        else:
            connection.execute(NO_ENDS)
        if ends_from == "release":
            connection.execute(statements.ENDS, [str(new.mart(DELTAS.name))])
        compare(connection, statements.more_numbers(*sides, key))
        changes = (*_subjects(connection, key), *_records(connection, key), *_numbers(connection, key))
        loans = tuple(_loans(connection, *sides, key, changes))
    return Difference(found, _about(old), _about(new), ends_from, (*changes, *loans))


def _ends_from(paths: LakePaths, old: Release, new: Release) -> str:
    """The newer release knows it where it was compared with the older one; else the lake, if built as of its day."""
    if (new.manifest.get("base") or {}).get("release_id") == old.release_id:
        return "release"
    with contextlib.suppress(DbtFailed):
        if last_build(paths.dbt).as_of == new.as_of:
            return "lake"
    return "nowhere"


@contextlib.contextmanager
def _connection(paths: LakePaths, ends_from: str) -> Iterator[duckdb.DuckDBPyConnection]:
    with reading(paths) if ends_from == "lake" else duckdb.connect() as connection:
        yield connection


def _subject(connection: duckdb.DuckDBPyConnection, old: Side, new: Side, subject: str) -> dict[str, str]:
    found = _rows(connection, statements.subject(old, new), [subject])
    if not found:
        raise CannotCompare(f"neither release has a subject with the code or key {subject!r}")
    return found[0]


def _about(release: Release) -> dict[str, str]:
    names = ("release_id", "as_of", "code_version", "seeds_sha256")
    return {name: str(release.manifest[name]) for name in names}


def _subjects(connection: duckdb.DuckDBPyConnection, key: str) -> Iterator[Change]:
    old, new = ((_rows(connection, f"from {side}_subjects where subject_id = $1", [key]) or [{}])[0] for side in
                ("old", "new"))  # fmt: skip
    statement = "from subject_changes where subject_id = $1 order by item"
    for row in _rows(connection, statement, [key]):
        item, cause = row["item"], {"cause_code": row["cause_code"], "since_date": None}
        yield Change("subject", item, "", row["change_type"], _said(old.get(item)), _said(new.get(item)), (cause,))


def _records(connection: duckdb.DuckDBPyConnection, key: str) -> Iterator[Change]:
    """The records; what is told of one that changed are the columns that did."""
    shown = {side: {row["record_id"]: row for row in _rows(connection, f"from {side}_records where subject_id = $1",
                                                           [key])} for side in ("old", "new")}  # fmt: skip
    statement = "from record_changes where subject_id = $1 order by change_type, record_type, record_id"
    for row in _rows(connection, statement, [key]):
        item, told = row["record_id"], row["change_type"] != "removed"
        old, new = shown["old"].get(item, {}), shown["new"].get(item, {})
        moved = [name for name in RECORD if told and old.get(name) != new.get(name)]
        names = ("cause_code", "since_date", "batch_id", "source_row") if told else ("cause_code", "since_date")
        yield Change(
            "record", item, row["record_type"], row["change_type"],
            {name: _said(old[name]) for name in moved if old} or None,
            {name: _said(new[name]) for name in moved if new} or None,
            ({name: _said(row[name]) for name in names},),
        )  # fmt: skip


def _numbers(connection: duckdb.DuckDBPyConnection, key: str) -> Iterator[Change]:
    """Figures of profile, evaluation, portrait and loan card, each with all its causes."""
    found = _rows(connection, statements.NUMBERS, [key])
    causes: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in found:
        told = {"cause_code": row["cause_code"], "since_date": _said(row["since_date"])}
        causes.setdefault((row["kind"], row["number"]), []).append(told)
    for row in {(row["kind"], row["number"]): row for row in found}.values():
        kind, number = row["kind"], row["number"]
        because = causes[kind, number]
        if kind == "percentile":
            because = [*causes.get(("portrait", number), []), PEERS]
        if kind != "evaluation":
            yield Change(kind, number, "", "changed", row["old_value"], row["new_value"], tuple(because))
    for row in _rows(connection, statements.ITEMS, [key]):
        because = causes.get(("evaluation", row["feature"]), [])
        yield Change(
            "evaluation", row["item_code"], row["feature"], row["change_type"], _said(row["old_points"]),
            _said(row["new_points"]), tuple(because),
        )  # fmt: skip


def _loans(
    connection: duckdb.DuckDBPyConnection, old: Side, new: Side, key: str, changes: tuple[Change, ...]
) -> Iterator[Change]:
    """The loan score, moved by its features; or the authorisation, where only one of the releases has a score."""
    moved = {cause["cause_code"]: cause for change in changes if change.part == "loan" for cause in change.causes}
    for row in _rows(connection, statements.loan_scores(old, new), [key]):
        change = row["change_type"]
        code = "authorisation" if change != "changed" and old.rules == new.rules else "unknown"
        because = [*moved.values()] if change == "changed" and moved else [{"cause_code": code, "since_date": None}]
        yield Change("loan_score", row["model_id"], "", change, row["old_value"], row["new_value"], tuple(because))


def _said(value: object) -> Any:
    """A value as JSON has it: numbers of money and days as text."""
    return value if value is None or isinstance(value, str | bool | int) else str(value)


def _rows(connection: duckdb.DuckDBPyConnection, statement: str, values: list[Any]) -> list[dict[str, Any]]:
    result = connection.execute(statement, values)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
