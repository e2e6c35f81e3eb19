"""The key of a record in SQL, from the columns of ``validated``: the same id as in the marts.

So that what is said of a record outside the marts (handed up, erased) leads to it, also when only the id is left.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from creditlake.contracts import Dataset
from creditlake.lake.tables import identifier
from creditlake.quality.normalise import literal
from creditlake.quality.view import day_sql


def record_id_sql(dataset: Dataset) -> str:
    """Return the SQL of a row's record_id: md5 of feed, dataset and the md5 of the key, as the macros make it."""
    days = set(dataset.of_kind("date"))
    parts = [_key_part_sql(columns, days) for columns in dataset.key]
    key = f"md5(concat_ws('|', {', '.join(parts)}))"
    return f"md5(concat({literal(f'{dataset.feed}|{dataset.name}|')}, {key}))"


def _key_part_sql(columns: Sequence[str], days: Collection[str]) -> str:
    texts = [f"cast({standard_day_sql(identifier(c))} as varchar)" if c in days else identifier(c) for c in columns]
    return f"coalesce({', '.join([*texts, literal('')])})"


def standard_day_sql(text: str) -> str:
    """The day a text names; an open end (2099-…, 9999-…) is the standard's 2099-12-31, as in staging."""
    day = day_sql(text)
    return f"case when {text}[1:4] in ('2099', '9999') then date '2099-12-31' else {day} end"
