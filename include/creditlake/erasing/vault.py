"""What was erased, read again from the vault: for the next build when news came of it, and for what is handed up.

Bronze has every row as received and its line in ``ops.sealed_rows`` says how it stood in the lake, so it comes back as
it was, without being judged again.
"""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from creditlake.bronze import read_batch
from creditlake.contracts import Dataset, all_datasets
from creditlake.keys import record_id_sql
from creditlake.lake import LakePaths
from creditlake.lake.tables import LINEAGE
from creditlake.quality import normalised_columns_sql
from creditlake.quality.normalise import literal

log = logging.getLogger(__name__)
_SEALED = "lake.ops.sealed_rows"


class LookedBack(RuntimeError):
    """The lake no longer knows what was shown on that day: records that ended since have left it."""


class VaultLacks(RuntimeError):
    """A record that has ended must be looked at again, and the vault no longer has its rows."""


def bring_back(paths: LakePaths, connection: duckdb.DuckDBPyConnection) -> int:
    """Put rows of sealed records back of which a new row has come, with all that left with them; return how many.

    A new version, or another outcome of the application, may say that the record goes on: the models decide. What
    was in quarantine stays sealed until a rebuild. The caller holds the lease.

    Raises:
        VaultLacks: bronze does not hold a batch any more; nothing was changed.
    """
    datasets = _sealed_datasets(connection)
    if not datasets:
        return 0
    asked = " union all ".join(
        f"select {record_id_sql(dataset)} as record_id from lake.validated.{dataset.table}" for dataset in datasets
    )
    connection.execute(
        f"""create or replace temp table returning_rows as
        select * from {_SEALED} where zone = 'validated' and group_id in (
            select group_id from {_SEALED} semi join ({asked}) using (record_id) where zone = 'validated'
        )"""
    )
    row = connection.execute("select count(*) from returning_rows").fetchone()
    count = int(row[0]) if row else 0
    if count:
        _put_back(paths, connection, datasets)
        log.info("%d rows of records that had ended came back from the vault: there is news of them", count)
    return count


def _put_back(paths: LakePaths, connection: duckdb.DuckDBPyConnection, datasets: list[Dataset]) -> None:
    found = [(dataset, rows_sql(paths, connection, dataset, "returning_rows")) for dataset in datasets]
    connection.execute("begin")
    for dataset, rows in found:
        for select in rows:
            connection.execute(f"insert into lake.validated.{dataset.table} {select}")
    connection.execute(
        f"""delete from {_SEALED} where zone = 'validated'
        and group_id in (select group_id from returning_rows)"""
    )
    for told in ("sealed_states", "sealed_cases"):
        connection.execute(f"delete from lake.ops.{told} where record_id in (select record_id from returning_rows)")
    connection.execute("commit")


def refuse_looking_back(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Refuse a business date on which a record was still shown that has left the lake.

    Raises:
        LookedBack: says from which day on the lake answers, and what answers for the days before.
    """
    row = connection.execute(f"select max(answers_from) from {_SEALED}").fetchone()
    if row is not None and row[0] is not None and as_of < row[0]:
        raise LookedBack(
            f"the lake answers from {row[0]} on: records that were still shown on {as_of} have ended and left it;"
            " a lake that creditlake rebuild makes from the vault, in a folder of its own, answers for that day"
        )


def received_sql(paths: LakePaths, connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> str:
    """Return the SQL of all rows of a dataset that passed: those in the lake, and from the vault those that left it."""
    names = ", ".join(['"' + name + '"' for name in dataset.column_names] + list(LINEAGE))
    here = f"select {names} from lake.validated.{dataset.table}"
    return " union all ".join([here, *rows_sql(paths, connection, dataset, _SEALED)])


def rows_sql(paths: LakePaths, connection: duckdb.DuckDBPyConnection, dataset: Dataset, lines: str) -> list[str]:
    """Return one select a batch: the rows of a dataset that ``lines`` names, as they stood in ``validated``.

    Args:
        lines: A table of the form of ``ops.sealed_rows``.

    Raises:
        VaultLacks: bronze does not hold the batch any more.
    """
    batches = connection.execute(
        f"select distinct _batch_id from {lines} where zone = 'validated' and feed = ? and dataset = ? order by 1",
        [dataset.feed, dataset.name],
    ).fetchall()
    return [_batch_sql(_bronze_file(paths, dataset, batch_id), dataset, lines, batch_id) for (batch_id,) in batches]


def _batch_sql(file: Path, dataset: Dataset, lines: str, batch_id: str) -> str:
    names = ", ".join(f'content."{name}"' for name in dataset.column_names)
    lineage = ", ".join(f"sealed.{name}" for name in LINEAGE)
    return f"""
        select {names}, {lineage}
        from (
            select {normalised_columns_sql(dataset, pq.read_schema(file).names)}, _source_row
            from read_parquet({literal(str(file))})
        ) as content
        inner join (
            select {", ".join(LINEAGE)} from {lines}
            where zone = 'validated' and feed = {literal(dataset.feed)} and dataset = {literal(dataset.name)}
                and _batch_id = {literal(batch_id)}
        ) as sealed on sealed._source_row = content._source_row
    """


def _bronze_file(paths: LakePaths, dataset: Dataset, batch_id: str) -> Path:
    folder = paths.bronze / dataset.feed / dataset.name / batch_id
    if not (folder / "batch.json").exists():
        raise VaultLacks(
            f"bronze holds no batch {batch_id} of {dataset.feed}.{dataset.name}, of which a record has ended"
        )
    return read_batch(folder).rows_file(paths)


def _sealed_datasets(connection: duckdb.DuckDBPyConnection) -> list[Dataset]:
    found = set(connection.execute(f"select distinct feed, dataset from {_SEALED} where zone = 'validated'").fetchall())
    return [dataset for dataset in all_datasets() if (dataset.feed, dataset.name) in found]
