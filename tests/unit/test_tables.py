"""The lake's tables when they are new: empty, and their statistics known; also after a kill between the two steps."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from creditlake.contracts import all_datasets
from creditlake.lake import LakePaths, writing
from creditlake.lake.attach import METADATA, attach, connect
from creditlake.lake.fsck import fsck
from creditlake.lake.tables import ensure_tables, relations


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


def test_new_tables_are_empty_and_have_statistics(paths: LakePaths) -> None:
    assert tables_with_rows(paths) == []

    with writing(paths) as connection:
        assert len(relations(connection)) == 6 + 2 * len(all_datasets())
        without = connection.execute(
            f"""select table_name from {METADATA}.ducklake_table
            anti join {METADATA}.ducklake_table_stats using (table_id)"""
        ).fetchall()
    assert [name for (name,) in without if name != "unfinished_tables"] == []
    assert fsck(paths) == []


def test_a_kill_between_the_two_steps_leaves_no_row(paths: LakePaths) -> None:
    with closing(connect(paths)) as connection:
        attach(connection, paths, read_only=False)
        with pytest.raises(Killed):
            ensure_tables(Dying(connection))  # type: ignore[arg-type]
        half = connection.execute("select count(*) from lake.validated.tax_ratings").fetchone()

    assert half == (1,)
    assert tables_with_rows(paths) == []
    assert fsck(paths) == []
