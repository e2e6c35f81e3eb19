"""Builders of small deliveries: only what a test is about is said in the test."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from creditlake.bronze import Batch, Postponed, load_bronze
from creditlake.connectors.files import Delivery
from creditlake.lake import LakePaths
from creditlake.landing import land

RATINGS = ("统一社会信用代码", "纳税人名称", "评价年度", "信用等级", "评价单位", "评定时间")
RATING = {
    "统一社会信用代码": "91150100701465425Y",
    "纳税人名称": "某某商贸有限公司",
    "评价年度": "2025",
    "信用等级": "A",
    "评价单位": "国家税务总局呼和浩特市新城区税务局",
    "评定时间": "2026-04-10",
}


def ratings_csv(*rows: dict[str, str], header: tuple[str, ...] = RATINGS) -> str:
    """CSV text of tax ratings; each row overrides a valid one."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([{**RATING, **row}.get(name, "") for name in header] for row in rows)
    return text.getvalue()


def drop_ratings(folder: Path, content: str | bytes, name: str = "ratings-2026-10.csv") -> Delivery:
    """Write one delivery of tax ratings into a drop folder."""
    target = folder / "drop" / "tax" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content.encode() if isinstance(content, str) else content)
    return Delivery("tax", "ratings", target)


def bronze_of(paths: LakePaths, delivery: Delivery, as_of: object) -> list[Batch | Postponed]:
    """Land a delivery and read it into bronze."""
    return load_bronze(paths, land(paths, delivery), as_of)  # type: ignore[arg-type]
