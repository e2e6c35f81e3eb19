"""A small lake to hand up from, and readers of what was handed up."""

from __future__ import annotations

import csv
import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths
from creditlake.pipeline import ingest_feed
from creditlake.submission import before_day

from tests.unit.clean_rows import Row, clean_row

MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 30)
FIRST_OF_MARCH, FIRST_OF_APRIL = before_day(date(2026, 3, 1)), before_day(date(2026, 4, 1))
NUMBER = "11010119900101001X"
MARCH_CSV = "penalty.decisions-2026-03-01_2026-03-31.csv"
APRIL_CSV = "penalty.decisions-2026-04-01_2026-04-30.csv"


def penalty(number: int, **changes: str | None) -> Row:
    """The clean penalty with another document number."""
    return clean_row("penalty.decisions", CF_WSH=f"测罚〔2026〕{number}号", **changes)


def deliver(paths: LakePaths, drop: Path, dataset: str, name: str, *rows: Row) -> None:
    """Bring one hand-made delivery the whole way into the lake."""
    feed, _, _ = dataset.partition(".")
    (drop / feed).mkdir(parents=True, exist_ok=True)
    with open(drop / feed / name, "w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows({key: value or "" for key, value in row.items()} for row in rows)
    ingest_feed(paths, drop, load_feeds()[feed], date(2026, 10, 31), "test")


def lake_of_two_months(folder: Path) -> LakePaths:
    """A lake with penalties: five of March, one of them of a natural person and one wrong; four changes of April."""
    paths = LakePaths(folder / "lake")
    april = {"提供日期": "2026-04-10"}
    deliver(
        paths, folder / "drop", "penalty.decisions", "decisions-2026-03.csv",
        penalty(1, CF_FRDB="张某", CF_FR_ZJLX="身份证", CF_FR_ZJHM=NUMBER, CF_JDRQ="20260302", CF_YXQ="2099-01-31"),
        penalty(2),
        penalty(3),
        penalty(4, CF_XDR_LB="自然人", CF_XDR_MC="李某", CF_XDR_SHXYM=None, CF_XDR_ZJLX="身份证", CF_XDR_ZJHM=NUMBER),
        penalty(5, CF_CFLB="批评"),
    )  # fmt: skip
    deliver(
        paths, folder / "drop", "penalty.decisions", "decisions-2026-04.csv",
        penalty(2, 增删改标志="d", **april),
        penalty(3, 增删改标志="i", CF_NR="罚款3000元", CF_NR_FK="0.3", **april),
        penalty(6, CF_SY='写明"未标价"\n两次', **april),
        penalty(7, 增删改标志="d", **april),
    )  # fmt: skip
    return paths


def told(folder: Path, name: str) -> list[tuple[str | None, ...]]:
    """Document number, fine and flag of the rows in a file."""
    with open(folder / name, encoding="utf-8", newline="") as handle:
        return sorted((row["CF_WSH"], row["CF_NR_FK"], row["增删改标志"]) for row in csv.DictReader(handle))


def part(receipt: dict[str, Any], dataset: str = "penalty.decisions") -> dict[str, Any]:
    """What a receipt says of one dataset."""
    (found,) = [entry for entry in receipt["datasets"] if entry["dataset"] == dataset]
    return found


def record_id(dataset: str, *key: str) -> str:
    """The id of a record as the marts have it: its dataset and the parts of its key."""
    return hashlib.md5(f"{dataset}|{hashlib.md5('|'.join(key).encode()).hexdigest()}".encode()).hexdigest()
