"""Is the lake sound: files, statistics, layout and the conservation of rows.

Run after a failed commit, before each release and after maintenance (docs/decisions/0010). ``select count(*)`` alone
proves nothing: DuckDB's optimizer answers it from statistics even where the files are gone, so here it is off. All is
read in one transaction, so a writer beside it cannot make a sound lake look broken. Sources: the DuckLake experiments;
law L5 for the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from creditlake.contracts import Dataset, all_datasets
from creditlake.lake.attach import ALIAS, METADATA, reading
from creditlake.lake.fsck_sql import CONSERVATION_SQL, FILES_SQL, KNOWN_ROWS_SQL, STATE_SQL
from creditlake.lake.objects import local_size, sizes
from creditlake.lake.paths import LakePaths
from creditlake.lake.tables import identifier, relations

ZONES = ("validated", "quarantine", "staging", "intermediate", "marts", "ops", "seeds")
LEDGER = ("batches", "quality_checks", "sealed_rows", "sealed_states", "sealed_cases")
Kind = Literal["file", "statistics", "delete_file", "snapshot", "inlining", "ledger", "conservation", "state", "place"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a lake.

    Attributes:
        kind: Which check found it.
        place: The table (``schema.table``), or the catalogue's own table.
        message: What is wrong, in Chinese, naming table and file or batch.
    """

    kind: Kind
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}：{self.message}"


def fsck(paths: LakePaths) -> list[Problem]:
    """Return everything that is wrong with the lake, an empty list for a sound one. Nothing is changed.

    Raises:
        FileNotFoundError: there is no lake at this place.
        duckdb.Error: the catalogue itself cannot be read.
    """
    with reading(paths) as connection:
        connection.execute("begin")
        tables = relations(connection)
        problems = [
            *_file_problems(connection, paths),
            *_catalogue_problems(connection),
            *_place_problems(tables, paths),
            *_statistics_problems(connection, tables),
        ]
        if all(("ops", name) in tables for name in LEDGER):
            problems += _ledger_problems(connection)
            for dataset in all_datasets():
                if {("validated", dataset.table), ("quarantine", dataset.table)} <= tables.keys():
                    problems += _dataset_problems(connection, dataset)
        connection.execute("rollback")
    return problems


def _file_problems(connection: duckdb.DuckDBPyConnection, paths: LakePaths) -> Iterator[Problem]:
    stored = sizes(paths.objects) if paths.objects else {}
    for kind, title in (("data", "数据文件"), ("delete", "删除标记文件")):
        rows = connection.execute(FILES_SQL.format(kind=kind)).fetchall()
        for place, path, size in rows:
            found = stored.get(path) if paths.objects else local_size(paths.data / path)
            if found is None:
                yield Problem("file", place, f"目录登记的{title}不存在：{path}")
            elif found != size:
                yield Problem("file", place, f"{title}大小不符：{path} 登记 {size} 字节，实际 {found} 字节")


def _catalogue_problems(connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    doubles = connection.execute(
        f"""select files.data_file_id, any_value(tables.table_name), count(distinct files.delete_file_id)
        from {METADATA}.ducklake_delete_file as files
        inner join {METADATA}.ducklake_table as tables using (table_id)
        where files.end_snapshot is null group by files.data_file_id
        having count(distinct files.delete_file_id) > 1 order by all"""
    ).fetchall()
    for file_id, table, count in doubles:
        yield Problem("delete_file", table, f"数据文件 {file_id} 同时有 {count} 个有效的删除标记文件，删除结果不可信")
    repeated = connection.execute(
        f"select snapshot_id, count(*) from {METADATA}.ducklake_snapshot group by 1 having count(*) > 1 order by 1"
    ).fetchall()
    for snapshot, count in repeated:
        yield Problem("snapshot", "ducklake_snapshot", f"快照 {snapshot} 登记了 {count} 次")
    inlined = connection.execute(f"select distinct table_name from {METADATA}.ducklake_inlined_data_tables").fetchall()
    for (name,) in inlined:
        row = connection.execute(f"select count(*) from {METADATA}.{identifier(name)}").fetchone()
        if row is not None and row[0]:
            yield Problem("inlining", name, f"目录库内联了 {row[0]} 行数据（规则：内联上限必须为 0）")


def _place_problems(tables: dict[tuple[str, str], bool], paths: LakePaths) -> Iterator[Problem]:
    loaded = {dataset.table for dataset in all_datasets()}
    wanted = {(zone, table) for zone in ("validated", "quarantine") for table in loaded} | {("ops", t) for t in LEDGER}
    for schema, name in sorted((wanted | built_relations(paths)) - tables.keys()):
        elsewhere = [place for place, table in tables if table == name and place not in ("validated", "quarantine")]
        found = f"，却在 {'、'.join(elsewhere)} 中" if elsewhere else ""
        yield Problem("place", f"{schema}.{name}", f"表或视图 {name} 不在模式 {schema} 中{found}")
    for schema, name in tables:
        if schema not in ZONES:
            yield Problem("place", f"{schema}.{name}", f"模式 {schema} 不属于本湖的分区，{name} 放错了地方")
        elif schema in ("validated", "quarantine") and name not in loaded:
            yield Problem("place", f"{schema}.{name}", f"没有任何数据契约声明 {name}")


def built_relations(paths: LakePaths) -> set[tuple[str, str]]:
    """Return (schema, name) of every model and seed that the last dbt build says it made; none before the first."""
    file = paths.dbt / "run_results.json"
    if not file.exists():
        return set()
    results = json.loads(file.read_text(encoding="utf-8"))["results"]
    names = [
        result["relation_name"]
        for result in results
        if result["status"] == "success"
        and result["unique_id"].split(".")[0] in ("model", "seed")
        and result["relation_name"]
    ]
    parts = [tuple(name.replace('"', "").split(".")) for name in names]
    return {(schema, table) for _, schema, table in parts}


def _statistics_problems(
    connection: duckdb.DuckDBPyConnection, tables: dict[tuple[str, str], bool]
) -> Iterator[Problem]:
    known = {(schema, name): int(rows) for schema, name, rows in connection.execute(KNOWN_ROWS_SQL).fetchall()}
    connection.execute("pragma disable_optimizer")  # it would answer a count from the catalogue, and plan from it
    for (schema, name), is_table in tables.items():
        if not is_table:
            continue
        place = f"{schema}.{name}"
        try:
            found = _count(connection, f"select count(*) from {ALIAS}.{identifier(schema)}.{identifier(name)}")
        except duckdb.Error as error:  # whatever makes a table unreadable is what we look for
            _begin_again(connection)
            yield Problem("statistics", place, f"无法扫描：{_first_line(error)}")
            continue
        if known[schema, name] != found:
            yield Problem("statistics", place, f"统计行数 {known[schema, name]} 与实际扫描行数 {found} 不一致")
    connection.execute("pragma enable_optimizer")


def _ledger_problems(connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    for table, key in (("batches", "feed, dataset, batch_id"), ("quality_checks", "feed, dataset, batch_id, rule_id")):
        rows = connection.execute(
            f"select {key}, count(*) from lake.ops.{table} group by all having count(*) > 1 order by all"
        ).fetchall()
        for *parts, count in rows:
            yield Problem("ledger", f"ops.{table}", f"同一主键登记了 {count} 次：{' '.join(map(str, parts))}")
    declared = {(dataset.feed, dataset.name) for dataset in all_datasets()}
    accepted = connection.execute(
        "select distinct feed, dataset from lake.ops.batches where status = 'accepted' order by all"
    ).fetchall()
    for feed, dataset in accepted:
        if (feed, dataset) not in declared:
            yield Problem("ledger", "ops.batches", f"账本中有批次属于未声明的数据集 {feed}.{dataset}")


def _dataset_problems(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> Iterator[Problem]:
    place = f"validated.{dataset.table}"
    try:
        rows = connection.execute(CONSERVATION_SQL.format(table=dataset.table), [dataset.feed, dataset.name]).fetchall()
        states = _count(connection, STATE_SQL.format(table=dataset.table))
    except duckdb.Error as error:
        _begin_again(connection)
        yield Problem("conservation", place, f"无法按批次核对行数：{_first_line(error)}")
        return
    for batch, is_unknown, landed, validated, quarantined, refused, valid, bad, repeated in rows:
        if is_unknown:
            yield Problem("conservation", place, f"批次 {batch} 有通过 {valid} 行、隔离 {bad} 行，账本中却没有它")
            continue
        if landed != validated + quarantined + refused:
            text = f"落地 {landed} 行 ≠ 通过 {validated} + 隔离 {quarantined} + 拒收 {refused}"
            yield Problem("conservation", place, f"批次 {batch} 账目不平：{text}")
        if (validated, quarantined) != (valid, bad):
            text = f"账本为通过 {validated}、隔离 {quarantined}，表中为通过 {valid}、隔离 {bad}"
            yield Problem("conservation", place, f"批次 {batch} 行数与账本不符：{text}")
        if repeated:
            yield Problem("conservation", place, f"批次 {batch} 有 {repeated} 行在湖中重复（同一源行号多于一次）")
    if states:
        yield Problem(
            "state", f"quarantine.{dataset.table}", f"{states} 行的处置状态不完整（未处置、已更正或已豁免须居其一）"
        )


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    if row is None:
        raise RuntimeError(f"a count returned no row: {sql}")
    return int(row[0])


def _begin_again(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave a transaction that an unreadable file has aborted."""
    connection.execute("rollback")
    connection.execute("begin")


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]


def report(problems: list[Problem], root: Path) -> str:
    """Return what fsck found as a text for people, one line a problem."""
    if not problems:
        return f"数据湖 {root} 完好"
    lines = "\n".join(f"  {problem}" for problem in problems)
    return f"数据湖 {root} 有 {len(problems)} 处问题：\n{lines}"
