"""An exchange table of tax.arrears at an agency, the lake that pulls it, and how a test sees what came."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pyarrow.parquet as pq
from creditlake import pipeline
from creditlake.connectors.endpoint import Endpoint
from creditlake.connectors.spec import Database, TablePull
from creditlake.contracts import Feed, load_feeds
from creditlake.ingest import Outcome
from creditlake.lake import LakePaths
from creditlake.lake.watermarks import Watermark, watermarks

from tests.connectors.databases import ExchangeServer
from tests.unit.clean_rows import CLEAN

TABLE = "share.qs"
KEY, BATCH, CHANGED, FLAG = "前置库数据主键", "批次", "更新时间", "增删改标志"
COLUMNS = tuple(CLEAN["tax.arrears"])


def tax(kind: str, **pull: Any) -> Feed:
    """The tax feed with nothing but its arrears, which lie in an exchange database."""
    feed = load_feeds()["tax"]
    told = {"table": TABLE} | pull
    spans = {name: timedelta(**value) for name, value in told.items() if name == "overlap"}
    arrears = replace(feed.dataset("arrears"), pull=TablePull(**told | spans))
    return replace(feed, connector=Database(kind, "agency_database"), datasets=(arrears,))


class Agency:
    """One table at a server and one lake that pulls it."""

    def __init__(self, server: ExchangeServer, paths: LakePaths) -> None:
        self.server = server
        self.paths = paths

    def make(self, **types: str) -> None:
        """Make the table anew: the contract's columns as text, key, flag, batch number and time of change."""
        text = self.server.types["text"]
        kinds = (
            dict.fromkeys([*COLUMNS, FLAG, BATCH], text) | {KEY: "bigint", CHANGED: self.server.types["time"]} | types
        )
        listed = ", ".join(f"{self.server.quote(name)} {kind}" for name, kind in kinds.items())
        self.server.execute(f"drop table if exists {TABLE}")
        self.server.execute(f"create table {TABLE} ({listed})")

    def add(self, key: int, **values: Any) -> None:
        """Add a row that breaks no rule, but for what is said."""
        self.insert(self.row(key, **values))

    def row(self, key: int, **values: Any) -> dict[str, Any]:
        """Return a row that breaks no rule, but for what is said."""
        return CLEAN["tax.arrears"] | {FLAG: "i", KEY: key} | values

    def insert(self, row: Mapping[str, Any]) -> None:
        """Add a row as it stands."""
        names = ", ".join(self.server.quote(name) for name in row)
        places = ", ".join(["%s"] * len(row))
        self.server.execute(f"insert into {TABLE} ({names}) values ({places})", list(row.values()))

    def pull(self, as_of: str, endpoint: Endpoint | None = None, **pull: Any) -> list[Outcome]:
        """Pull, judge and take in what there is; return what became of it."""
        feed = tax(self.server.kind, **pull)
        sign_in = endpoint or self.server.endpoint()
        day = date.fromisoformat(as_of)
        return pipeline.ingest_feed(self.paths, self.paths.root, feed, day, "test", lambda _: sign_in).outcomes

    def rows(self, *names: str) -> list[tuple[Any, ...]]:
        """The named columns of every row that the lake took, in the order in which the rows came."""
        batches = [json.loads(path.read_text(encoding="utf-8")) for path in self.paths.bronze.glob("*/*/*/batch.json")]
        came: list[Mapping[str, Any]] = []
        for batch in sorted(batches, key=lambda one: one["batch_seq"]):
            if not batch["refusal"]:
                file = self.paths.bronze / batch["feed"] / batch["dataset"] / batch["batch_id"] / "rows.parquet"
                came += pq.read_table(file).to_pylist()
        return [tuple(row[name] for name in names) for row in came]

    def keys(self) -> list[str]:
        """The keys of every row that came, in order."""
        return [key for (key,) in self.rows(KEY)]

    def times_taken(self) -> Counter[str]:
        """How often each key is in the lake's validated rows and its quarantine."""
        from creditlake.lake import reading

        with reading(self.paths) as connection:
            rows = connection.execute(
                f'select "{KEY}" from lake.validated.tax_arrears union all '
                f'select "{KEY}" from lake.quarantine.tax_arrears'
            ).fetchall()
        return Counter(key for (key,) in rows)

    def marks(self) -> list[Watermark]:
        """The watermarks."""
        return watermarks(self.paths, "tax")
