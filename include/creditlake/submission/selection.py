"""Which rows are handed up: the difference between what counted before the period and what counts at its end.

Every row of the period's batches has one fate:

- ``handed_up``: the newest version of its record, and it stands;
- ``withdrawn``: the newest version withdraws a record that was handed up before (d, or it became a natural person's);
- ``superseded``: a newer version of the record is there;
- ``never_handed_up``: it withdraws a record that the platform never had;
- ``natural_person``: validated, and goes no further;
- ``waived``: it did not pass, somebody let it in; the version that passed stays handed up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from creditlake.contracts import NATURAL_PERSON, Dataset
from creditlake.erasing import received_sql
from creditlake.keys import record_id_sql, standard_day_sql
from creditlake.lake import LakePaths
from creditlake.lake.tables import identifier
from creditlake.quality.normalise import literal
from creditlake.quality.view import PROVIDED, instant_sql

Row = tuple[str | None, ...]
LEFT_OUT = ("superseded", "never_handed_up", "natural_person", "waived")
_FETCHED = 10_000


@dataclass(frozen=True, slots=True)
class Selection:
    """How many rows of a dataset's new batches are handed up, by 增删改标志, and left out, by reason."""

    flags: Mapping[str, int]
    left_out: Mapping[str, int]

    @property
    def rows(self) -> int:
        """Rows handed up."""
        return sum(self.flags.values())


NOTHING = Selection(dict.fromkeys("iud", 0), dict.fromkeys(LEFT_OUT, 0))


def show_received(paths: LakePaths, connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
    """Make the temporary view ``received``: all rows that passed, also those that left the lake with an ended record.

    The platform was told of them, or must be told that they are withdrawn; only the vault still knows them.
    """
    connection.execute(f"create or replace temp view received as {received_sql(paths, connection, dataset)}")


def select_rows(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, before: Collection[str], new: Collection[str]
) -> Selection:
    """Decide the fate of every row of the new batches and count them.

    Reads ``received``. Leaves the temporary table ``handed_up`` (record_id, flag, batch_id, source_row): what to write,
    and whose content.

    Args:
        before: Ids of the batches that counted before the period.
        new: Ids of those that came to count in it.
    """
    known = pa.table(
        {
            "batch_id": pa.array([*before, *new], pa.string()),
            "is_new": pa.array([False] * len(before) + [True] * len(new), pa.bool_()),
        }
    )
    connection.register("known_batches", known)
    connection.execute(f"create or replace temp table fates as {_fates_sql(dataset)}")
    connection.execute(
        """create or replace temp table handed_up as
        select
            record_id,
            case when fate = 'withdrawn' then 'd' when was_handed_up then 'u' else 'i' end as flag,
            case when fate = 'withdrawn' then old_batch_id else _batch_id end as batch_id,
            case when fate = 'withdrawn' then old_source_row else _source_row end as source_row
        from fates where fate in ('handed_up', 'withdrawn')"""
    )
    flags = dict(connection.execute("select flag, count(*) from handed_up group by flag").fetchall())
    fates = dict(connection.execute("select fate, count(*) from fates group by fate").fetchall())
    return Selection(
        {flag: flags.get(flag, 0) for flag in NOTHING.flags}, {fate: fates.get(fate, 0) for fate in LEFT_OUT}
    )


def header(dataset: Dataset) -> tuple[str, ...]:
    """Names of the columns handed up: the contract's own in their order, then the envelope."""
    return dataset.column_names


def columns_left_empty(dataset: Dataset) -> tuple[str, ...]:
    """Columns about persons that are never filled: identity numbers, and names the standard does not ask for."""
    named = dataset.reported.person_names if dataset.reported else ()
    closed = {*dataset.of_kind("person_id"), *dataset.of_kind("person_name")} - set(named)
    return tuple(column.name for column in dataset.columns if column.name in closed)


def rows(connection: duckdb.DuckDBPyConnection, dataset: Dataset, provided: str, number: str) -> Iterator[Row]:
    """Yield the rows that ``select_rows`` found, as text in the order of ``header``, in one total order.

    Args:
        provided: The hand-over day for 提供日期.
        number: The number of the hand-over for 前置库数据批次号.
    """
    listed = _columns_sql(dataset)
    cursor = connection.execute(
        f"""select {listed}, cast(? as varchar), cast(? as varchar), record_id, flag
        from handed_up
        inner join received as content
            on content._batch_id = handed_up.batch_id and content._source_row = handed_up.source_row
        order by record_id""",
        [provided, number],
    )
    while fetched := cursor.fetchmany(_FETCHED):
        yield from fetched


def _columns_sql(dataset: Dataset) -> str:
    empty = set(columns_left_empty(dataset))
    listed = []
    for column in dataset.columns:
        text = f"content.{identifier(column.name)}"
        if column.name in empty:
            text = "cast(null as varchar)"
        elif column.kind == "date" and dataset.reported:
            text = f"strftime({standard_day_sql(text)}, {literal(dataset.reported.strftime)})"
        listed.append(text)
    return ", ".join(listed)


def _fates_sql(dataset: Dataset) -> str:
    newest_first = "order by version_at desc, _batch_seq desc, _source_row desc"
    return f"""
with versions as (
    {_versions_sql(dataset)}
),
placed as (
    select
        *,
        row_number() over (partition by record_id, is_waived {newest_first}) as place,
        row_number() over (partition by record_id, is_waived, is_new {newest_first}) as own_place
    from versions
),
old_versions as (
    select record_id, stands, _batch_id as old_batch_id, _source_row as old_source_row
    from placed
    where not is_new and not is_waived and own_place = 1
)
select
    placed.record_id, _batch_id, _source_row, old_batch_id, old_source_row,
    coalesce(old_versions.stands, false) as was_handed_up,
    case
        when is_waived then 'waived'
        when place = 1 and not placed.stands and coalesce(old_versions.stands, false) then 'withdrawn'
        when is_natural_person then 'natural_person'
        when place > 1 then 'superseded'
        when not placed.stands then 'never_handed_up'
        else 'handed_up'
    end as fate
from placed
left join old_versions on old_versions.record_id = placed.record_id
where is_new"""


def _versions_sql(dataset: Dataset) -> str:
    """One row per delivered row: its record, its place in time, and whether it stands (decisions 0005 and 0006)."""
    category = dataset.subject.category
    natural = f"coalesce({identifier(category)} = {literal(NATURAL_PERSON)}, false)" if category else "false"
    return f"""select
        {record_id_sql(dataset)} as record_id,
        rows._batch_id, rows._batch_seq, rows._source_row,
        coalesce({instant_sql(identifier(PROVIDED))}, cast(rows._delivered_date as timestamp)) as version_at,
        known_batches.is_new,
        rows._valid_until is not null as is_waived,
        {natural} as is_natural_person,
        not {natural} and coalesce(lower("增删改标志") <> 'd', true) as stands
    from received as rows
    inner join known_batches on known_batches.batch_id = rows._batch_id"""
