"""The canary of the erasure: a penalty with words of its own, how it comes, and the search for it everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
from creditlake.lake import LakePaths, reading

from tests.e2e.test_cases import IN_TIME, SUBJECTS, application, objection, penalty, register
from tests.e2e.test_semantics import Drop
from tests.unit.clean_rows import CLEAN

FIRST, SECOND, THIRD = date(2026, 10, 14), date(2026, 10, 31), date(2026, 11, 30)
NIGHT = datetime(2026, 11, 1, 19, 30, tzinfo=UTC)
CANARY, STAYING, EXPIRING, WITHDRAWN, REVOKED, REMOVED = range(901, 907)
NUMBER, FACT, YUAN = "7731426908", "金丝雀违法事实", "83614527"
DOCUMENT = f"呼市监罚〔2026〕{NUMBER}号"
WORDS = (NUMBER, FACT, YUAN, "8361.4527")
VAULT = {"landing", "bronze", "inbox", "backups"}


def canary(drop: Drop) -> dict[str, str | None]:
    """The penalty whose words are searched for."""
    amount = {"CF_NR": f"罚款{YUAN}元", "CF_NR_FK": "8361.4527"}
    return penalty(drop, CANARY, DOCUMENT) | {"CF_SY": FACT} | amount


def listing(drop: Drop, left: str | None = None) -> dict[str, str | None]:
    """An entry of a serious list, and the same with its exit."""
    listed = {"名单类型": "失信被执行人", "认定部门": "新城区人民法院", "认定文号": "（2026）内0102执7号"}
    entry = listed | {"认定依据": "法释〔2017〕7号第一条", "公示截止日期": "2028-03-02"}
    handed_over = {"提供日期": left, "增删改标志": "u"}
    exit_ = {"移出日期": left, "移出原因": "履行完毕", "移出决定机关": "新城区人民法院"} | handed_over
    return drop.row("lists.entries", REMOVED, **entry | (exit_ if left else {}))


def october(folder: Path) -> Path:
    """What came by the eve of the repair."""
    drop = Drop(folder)
    everybody = (CANARY, STAYING, EXPIRING, WITHDRAWN, REVOKED, REMOVED)
    register(drop, everybody)
    for name in sorted(set(CLEAN) - {SUBJECTS, "penalty.decisions", "repair.cases", "objection.cases"}):
        drop.deliver(name, [drop.row(name, one, **IN_TIME.get(name, {})) for one in everybody])
    old = {"CF_JDRQ": "2025-10-20", "提供日期": "2025-10-22"}
    withdrawn = penalty(drop, WITHDRAWN, "呼市监罚〔2026〕3号")
    drop.deliver("penalty.decisions", [
        penalty(drop, STAYING, "呼市监罚〔2026〕1号"), penalty(drop, EXPIRING, "呼市监罚〔2025〕2号") | old, withdrawn,
    ])  # fmt: skip
    drop.deliver("penalty.decisions", [penalty(drop, REVOKED, "呼市监罚〔2026〕5号")], "-revoked")
    drop.deliver("lists.entries", [listing(drop)], "-serious")
    drop.deliver("penalty.decisions", [canary(drop)], "-canary")
    drop.deliver("penalty.decisions", [canary(drop) | {"CF_CFLB": "批评"}, penalty(drop, STAYING, "4号")], "-faulty")
    started = {"提供日期": "2026-10-08", "增删改标志": "i", "受理日期": None, "受理结果": None, "办结日期": None}
    drop.deliver("repair.cases", [application(drop, CANARY, "XF1", None, DOCUMENT) | started], "-started")
    return folder


def november(folder: Path) -> Path:
    """The grant, the withdrawal, a revocation and an exit; an application and an objection about the canary."""
    drop = Drop(folder)
    gone = penalty(drop, WITHDRAWN, "呼市监罚〔2026〕3号") | {"提供日期": "2026-10-20", "增删改标志": "d"}
    drop.deliver("penalty.decisions", [gone], "-withdrawal")
    drop.deliver("repair.cases", [application(drop, CANARY, "XF1", document=DOCUMENT)], "-granted")
    drop.deliver("repair.cases", [application(drop, CANARY, "XF2", "不予修复", DOCUMENT)], "-again")
    drop.deliver("objection.cases", [
        objection(drop, CANARY, "YY1", DOCUMENT, "维持"),
        objection(drop, REVOKED, "YY2", "呼市监罚〔2026〕5号", "撤销"),
    ])  # fmt: skip
    drop.deliver("lists.entries", [listing(drop, "2026-10-19")], "-exit")
    return folder


def taken_back(folder: Path) -> Path:
    """The grant is taken back in November."""
    drop = Drop(folder)
    refused = application(drop, CANARY, "XF1", "不予修复", DOCUMENT) | {
        "提供日期": "2026-11-05",
        "办结日期": "2026-11-05",
    }
    drop.deliver("repair.cases", [refused], "-taken-back")
    return folder


def texts_of_tables(paths: LakePaths) -> Iterator[tuple[str, str]]:
    """Every table and view of a lake as of every snapshot that can still be read, as one text."""
    with reading(paths) as lake:
        for (number,) in lake.execute("select snapshot_id from ducklake_snapshots('lake')").fetchall():
            options = f"read_only, snapshot_version {number}, data_path '{paths.data_path}', override_data_path true"
            lake.execute(f"attach 'ducklake:sqlite:{paths.catalog_file}' as then_{number} ({options})")
            tables = lake.execute(
                "select table_schema, table_name from information_schema.tables where table_catalog = ?",
                [f"then_{number}"],
            ).fetchall()
            for schema, table in tables:
                rows = lake.execute(f'select columns(*)::varchar from then_{number}."{schema}"."{table}"').fetchall()
                yield f"{schema}.{table} at {number}", repr(rows)


def texts_of_files(paths: LakePaths) -> Iterator[tuple[str, str]]:
    """Every file of a lake but the vault: its bytes as they are, and decoded where they are Parquet."""
    for file in sorted(path for path in paths.root.rglob("*") if path.is_file()):
        name = file.relative_to(paths.root).as_posix()
        if name.split("/")[0] in VAULT:
            continue
        yield name, file.read_bytes().decode(errors="replace")
        if file.suffix == ".parquet":
            yield f"{name} decoded", repr(duckdb.sql(f"select columns(*)::varchar from '{file}'").fetchall())


def hits(paths: LakePaths) -> list[str]:
    """Where the canary's words are found."""
    places = [*texts_of_files(paths), *texts_of_tables(paths)]
    assert len(places) > 100
    return found_in(places)


def found_in(places: Iterable[tuple[str, str]]) -> list[str]:
    """Which words stand in which texts."""
    return [f"{name}: {word}" for name, text in places for word in WORDS if word in text]
