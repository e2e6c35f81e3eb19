"""Statistics of tables that never held a row: known before a build, no row left, not after a kill either."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from creditlake.contracts import all_datasets
from creditlake.lake import LakePaths, writing
from creditlake.lake.attach import METADATA, attach, connect
from creditlake.lake.fsck import fsck
from creditlake.lake.tables import ensure_statistics, ensure_tables, relations


class Killed(Exception):
    """The process ends here."""


class Dying:
    """A connection that ends its process at the second transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection, self._begun = connection, 0

    def execute(self, statement: str) -> Any:
        """Execute, or die."""
        self._begun += statement == "begin"
        if self._begun == 2:
            raise Killed
        return self._connection.execute(statement)


def tables_with_rows(paths: LakePaths) -> list[str]:
    """The tables that hold a row."""
    with writing(paths) as connection:
        names = [f"{schema}.{name}" for schema, name in relations(connection)]
        return [name for name in names if connection.execute(f"select * from lake.{name} limit 1").fetchall()]


def test_tables_without_rows_have_statistics_and_stay_empty(paths: LakePaths) -> None:
    with writing(paths) as connection:
        connection.execute("insert into lake.validated.tax_ratings (_batch_id) values ('b')")
        ensure_statistics(connection)
        known = connection.execute(f"select count(distinct table_id) from {METADATA}.ducklake_table_stats").fetchone()

    assert known == (6 + 2 * len(all_datasets()),)
    assert tables_with_rows(paths) == ["validated.tax_ratings"]


def test_a_lake_that_has_them_is_left_alone(paths: LakePaths) -> None:
    with writing(paths) as connection:
        ensure_statistics(connection)
        before = connection.execute(f"select max(snapshot_id) from {METADATA}.ducklake_snapshot").fetchone()
        ensure_statistics(connection)

        assert connection.execute(f"select max(snapshot_id) from {METADATA}.ducklake_snapshot").fetchone() == before
    assert fsck(paths) == []


def test_a_kill_between_the_two_steps_leaves_no_row_after_the_next_build(paths: LakePaths) -> None:
    with closing(connect(paths)) as connection:
        attach(connection, paths, read_only=False)
        ensure_tables(connection)
        with pytest.raises(Killed):
            ensure_statistics(Dying(connection))  # type: ignore[arg-type]
        half = connection.execute("select count(*) from lake.validated.tax_ratings").fetchone()
        ensure_statistics(connection)

    assert half == (1,)
    assert tables_with_rows(paths) == []
    assert fsck(paths) == []
