"""One table of an exchange database: what is asked of it, in SQL that both kinds of server read."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from creditlake.connectors.dialect import Session
from creditlake.connectors.spec import TablePull
from creditlake.contracts import ENVELOPE, PROVIDED, Dataset

log = logging.getLogger(__name__)
BEGINNING = datetime.fromisoformat("1970-01-02")
"""No row changed before it: what a table has of earlier times (a date of zeros) is no time."""
_BATCH_NUMBER = ENVELOPE[1]
_TABLE = "pulled"
_BEIJING = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class ExchangeTable:
    """One table, seen over a session.

    Attributes:
        columns: The contract's columns that the table has, each with the table's own name of it.
        when: The expression for the time of change; empty for a table that is pulled by batch number.
    """

    session: Session
    dataset: Dataset
    pull: TablePull
    columns: tuple[tuple[str, str], ...]
    when: str

    def batches(self) -> list[tuple[str, str]]:
        """Return every batch number with the count of its rows; the empty one is of rows that have none."""
        number = self.session.exact(self._own(self.pull.batch))
        rows = self.session.rows(f"select {number}, count(*) from {self._from} group by {number} order by {number}")
        return [(number or "", count or "") for number, count in rows]

    def latest(self, until: date) -> datetime | None:
        """Return the last time of change before a day; None where there is none. Rows without a time are told."""
        begun = f"{self.when} >= {self._at(BEGINNING)}"
        ((untimed,),) = self.session.rows(f"select count(*) from {self._from} where {self.when} is null or not {begun}")
        if untimed != "0":
            place = f"{self.dataset.feed}.{self.dataset.name}"
            log.warning(
                "%s: %s rows of %s have no %s and stay there", place, untimed, self.pull.table, self.pull.changed
            )
        ((latest,),) = self.session.rows(
            f"select max({self.when}) from {self._from} where {begun} and {self._before(until)}"
        )
        return time_of(latest) if latest is not None else None

    def of_batch(self, number: str) -> str:
        """Return the condition for the rows of one batch number."""
        own, literal = self._own(self.pull.batch), self.session.literal(number)
        same = f"{self.session.exact(own)} = {self.session.exact(literal)}"
        return f"{own} = {literal} and {same}" if number else same  # the first finds an index, the second is exact

    def changed(self, since: datetime, end: datetime, until: date, *, after: bool = False) -> str:
        """Return the condition for what changed from (or after) a time up to another, and before a day."""
        begin = f"{self.when} {'>' if after else '>='} {self._at(since)}"
        return f"{begin} and {self.when} <= {self._at(end)} and {self._before(until)}"

    def write(self, condition: str, target: Path, *, append: bool = False) -> int:
        """Write the rows under a condition to a CSV file, or append them to one; return how many there were."""
        order = ", ".join(self._own(name) for name in (self.pull.changed, self.pull.order) if name)
        query = f"{self._select} where {condition}" + (f" order by {order}" if order else "")
        with open(target, "ab") if append else open(target, "wb") as file:
            return self.session.write(query, file, header=not append)

    def write_some(self, rows: int, target: Path) -> int:
        """Write up to so many rows, whichever come first; return how many there were."""
        with open(target, "wb") as file:
            return self.session.write(f"{self._select} limit {rows}", file, header=True)

    @property
    def _from(self) -> str:
        return f"{_quoted(self.session, self.pull.table)} {_TABLE}"

    @property
    def _select(self) -> str:
        listed = [f"{self.session.text(self._own(own))} as {self.session.quote(name)}" for name, own in self.columns]
        return f"select {', '.join(listed)} from {self._from}"

    def _own(self, column: str) -> str:
        return f"{_TABLE}.{self.session.quote(column)}"

    def _at(self, time: datetime) -> str:
        return self.session.literal(str(time))

    def _before(self, until: date) -> str:
        return f"{self.when} < {self.session.literal(str(until))}"


def table_of(session: Session, dataset: Dataset, pull: TablePull) -> ExchangeTable:
    """Look at a dataset's table.

    Raises:
        LookupError: it lacks a column that the contract requires or that ``pull`` names.
    """
    there = session.columns(_quoted(session, pull.table))
    own = {name: _found(there, pull.columns.get(name, name)) for name in dataset.column_names}
    needed = {*dataset.header_required, *pull.columns}
    asked = [pull.columns.get(name, name) for name in dataset.column_names if name in needed and own[name] is None]
    missing = [*asked, *(name for name in (pull.batch, pull.changed, pull.order) if name and name not in there)]
    if missing:
        raise LookupError(f"the table {pull.table} has no column {', '.join(missing)}")
    own[_BATCH_NUMBER] = own[_BATCH_NUMBER] or pull.batch or None
    own[PROVIDED] = own[PROVIDED] or pull.changed or None
    columns = tuple((name, column) for name, column in own.items() if column)
    when = f"{_TABLE}.{session.quote(pull.changed)}" if pull.changed else ""
    if when and not there[pull.changed]:
        when = session.time(when)
    return ExchangeTable(session, dataset, pull, columns, when)


def time_of(text: str) -> datetime:
    """Read a time of change; what names a time zone is turned into Beijing time."""
    time = datetime.fromisoformat(text)
    offset = time.utcoffset()
    return time if offset is None else time.replace(tzinfo=None) - offset + _BEIJING


def _found(there: dict[str, bool], name: str) -> str | None:
    """Return the table's column of that name; servers write unquoted names in small or capital letters."""
    alike = [column for column in there if column.casefold() == name.casefold()]
    return name if name in there else (alike[0] if len(alike) == 1 else None)


def _quoted(session: Session, table: str) -> str:
    return ".".join(session.quote(part) for part in table.split("."))
