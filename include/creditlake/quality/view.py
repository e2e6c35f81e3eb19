"""The view a batch is judged through: normalised values, parsed days and amounts, repeats, and facts of the batch.

One row per row of the batch. Beside the contract's columns it has ``day_of_<date column>`` DATE,
``amount_of_<money column>`` DECIMAL(24,6), ``is_repeat`` and ``is_conflict`` BOOLEAN, the suite's own derived columns,
``delivered_on`` DATE, ``delivered_columns`` VARCHAR[], ``is_withdrawal`` BOOLEAN, ``_source_row`` and ``_ragged``.

Of a withdrawal (增删改标志 d) the view shows the columns of the key and the envelope alone; all others are null there.
The agency asks that a record be gone: whatever else such a row carries says nothing, and mostly it carries nothing.
Source: GB/T 39443 (增删改标志 of the exchange tables).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from creditlake.contracts import ENVELOPE, Dataset
from creditlake.quality.normalise import identifier, literal, normalised_columns_sql

PROVIDED, _, _, CHANGE_FLAG = ENVELOPE
_DAY_AND_TIME = (
    "[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}[ T]([01]?[0-9]|2[0-3]):[0-5][0-9]"
    "(:[0-5][0-9]([.][0-9]{1,9})?)?([+]08(:?00)?)?"
)


def day_column(name: str) -> str:
    """Name of the parsed form of a date column."""
    return f"day_of_{name}"


def amount_column(name: str) -> str:
    """Name of the parsed form of a money column."""
    return f"amount_of_{name}"


def view_name(dataset: Dataset) -> str:
    """Name of the dataset's view; it is replaced with every batch."""
    return f"judged_{dataset.table}"


def repeats_name(dataset: Dataset) -> str:
    """Name of the table of repeated rows beside the view."""
    return f"repeats_{dataset.table}"


def normalised_sql(dataset: Dataset, bronze_file: Path, delivered_columns: Collection[str], extra: str = "") -> str:
    """Return the query of the normalised rows; ``extra`` restricts the rows before anything is computed."""
    return (
        f"select {normalised_columns_sql(dataset, delivered_columns)},\n    _source_row, _ragged\n"
        f"from (from read_parquet({literal(str(bronze_file))}) {extra})"
    )


def view_sql(
    dataset: Dataset,
    derived: Mapping[str, str],
    bronze_file: Path,
    delivered_columns: Collection[str],
    delivered: date,
) -> str:
    """Return the statement that puts the view of one batch in place of the one before."""
    parsed = [f"{day_sql(identifier(name))} as {identifier(day_column(name))}" for name in dataset.of_kind("date")]
    parsed.append(f"cast({instant_sql(identifier(PROVIDED))} as date) as {identifier(day_column(PROVIDED))}")
    parsed += [
        f"try_cast({identifier(name)} as decimal(24, 6)) as {identifier(amount_column(name))}"
        for name in dataset.of_kind("money")
    ]
    columns = ", ".join(map(literal, sorted(set(delivered_columns) & set(dataset.column_names))))
    own = "".join(f",\n    {sql} as {identifier(name)}" for name, sql in derived.items())
    return f"""create or replace view {view_name(dataset)} as
select *{own}
from (
    select normalised.*, {", ".join(parsed)},
        coalesce(is_repeat, false) as is_repeat, coalesce(is_conflict, false) as is_conflict,
        date '{delivered.isoformat()}' as delivered_on, [{columns}]::varchar[] as delivered_columns
    from ({_judged_sql(dataset, normalised_sql(dataset, bronze_file, delivered_columns))}) as normalised
    left join {repeats_name(dataset)} as repeats using (_source_row)
)"""


def _judged_sql(dataset: Dataset, rows: str) -> str:
    """Return the query of what is judged of each row: of a withdrawal the key and the envelope."""
    said = {column for part in dataset.key for column in part} | set(ENVELOPE)
    columns = ", ".join(
        quoted if name in said else f"case when not is_withdrawal then {quoted} end as {quoted}"
        for name, quoted in ((name, identifier(name)) for name in dataset.column_names)
    )
    flagged = f"select *, coalesce({identifier(CHANGE_FLAG)} = 'd', false) as is_withdrawal from ({rows})"
    return f"select {columns}, is_withdrawal, _source_row, _ragged from ({flagged})"


def day_sql(text: str) -> str:
    """Return the SQL of the day a text names (YYYY-MM-DD, YYYY/MM/DD, YYYYMMDD), null when it names none."""
    return (
        f"case when {text}[5] in ('-', '/') and length({text}) <= 10 then try_cast({text} as date)"
        f" when length({text}) = 8 then cast(try_strptime({text}, '%Y%m%d') as date) end"
    )


def instant_sql(text: str) -> str:
    """Return the SQL of the instant a text names: a day, which is its first moment, or a day with a time of day.

    The time is Beijing's; +08 may say so, any other offset is no instant (GB/T 7408).
    """
    timed = f"try_cast(split_part({text}, '+', 1) as timestamp)"
    return (
        f"case when length({text}) <= 10 then cast({day_sql(text)} as timestamp)"
        f" when regexp_full_match({text}, {literal(_DAY_AND_TIME)}) then {timed} end"
    )
