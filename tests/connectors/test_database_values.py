"""What an exchange table holds arrives as it stands, whatever type its column has."""

from __future__ import annotations

import pytest

from tests.connectors.exchange import BATCH, CHANGED, KEY, Agency

DAY = "2026-03-12"
NAME, PUBLISHER, AMOUNT, NEW_AMOUNT, KNOWN_ON, PAID = (
    "纳税人名称", "发布部门", "累计欠税余额", "当期新发生欠税金额", "认定日期", "是否补缴",
)  # fmt: skip
TEXTS = {
    "commas": "甲,乙,丙",
    "quotes": '他说"好"',
    "line ends": "第一行\n第二行\r\n第三行\r第四行",
    "backslashes": "C:\\税\\n\\\\",
    "rare characters": "𠮷野🎉㐂",
    "blanks": "  两边  ",
    "null as a word": "NULL",
    "copy's own end": "\\.",
    "percent": "100%s",
    "tab": "a\tb",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_arrives_as_it_is(agency: Agency, text: str) -> None:
    agency.add(1, 批次="A1", **{NAME: text})
    agency.add(2, 批次="A1", **{NAME: "其后"})

    agency.pull(DAY, batch=BATCH, order=KEY)

    assert agency.rows(KEY, NAME) == [("1", text), ("2", "其后")]


def test_null_and_the_empty_text_are_both_missing(agency: Agency) -> None:
    agency.add(1, 批次="A1", **{NAME: None, PUBLISHER: ""})

    agency.pull(DAY, batch=BATCH)

    assert agency.rows(NAME, PUBLISHER) == [("", "")]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_is_known_again_in_the_overlap(agency: Agency, text: str) -> None:
    agency.add(1, 更新时间="2026-03-12 09:00:00", **{NAME: text, PUBLISHER: None})
    agency.pull(DAY, changed=CHANGED, overlap={"hours": 1})
    agency.add(2, 更新时间="2026-03-12 09:00:00", **{NAME: text, PUBLISHER: None})
    agency.pull(DAY, changed=CHANGED, overlap={"hours": 1})

    assert agency.times_taken() == {"1": 1, "2": 1}


TYPES = [
    ("numeric(18,4)", "12.3400", "12.3400", "12.3400"),
    ("double precision", 0.1, "0.1", "0.1"),
    ("bigint", -9223372036854775808, "-9223372036854775808", "-9223372036854775808"),
    ("date", "2026-03-02", "2026-03-02", "2026-03-02"),
    ("boolean", True, "true", "1"),
    ("char(9)", "甲", "甲", "甲"),
]


@pytest.mark.parametrize(("kind", "value", "by_postgres", "by_mariadb"), TYPES, ids=[kind for kind, *_ in TYPES])
def test_a_value_of_any_type_is_the_servers_own_text_of_it(
    agency: Agency, kind: str, value: object, by_postgres: str, by_mariadb: str
) -> None:
    agency.make(**{PUBLISHER: kind})
    agency.add(1, 批次="A1", **{PUBLISHER: value})

    agency.pull(DAY, batch=BATCH)

    assert agency.rows(PUBLISHER) == [(by_postgres if agency.server.kind == "postgresql" else by_mariadb,)]


POSTGRES_TYPES = [
    ("timestamp", "2026-03-02 10:00:00.5", "2026-03-02 10:00:00.5"),
    ("timestamptz", "2026-03-02 10:00:00+00", "2026-03-02 18:00:00+08"),
    ("bytea", b"\xff\x00", "\\xff00"),
    ("jsonb", '{"甲": 1}', '{"甲": 1}'),
    ("text[]", "{甲,乙}", "{甲,乙}"),
]
MARIADB_TYPES = [
    ("datetime", "2026-03-02 10:00:00", "2026-03-02 10:00:00"),
    ("datetime(6)", "2026-03-02 10:00:00.000001", "2026-03-02 10:00:00.000001"),
    ("datetime", "0000-00-00 00:00:00", "0000-00-00 00:00:00"),
    ("date", "0000-00-00", "0000-00-00"),
    ("bit(1)", 1, "1"),
    ("bit(12)", 0xABC, "2748"),
    ("blob", b"\xff\x00", "\\xff00"),
    ("varbinary(9)", "甲".encode(), "\\xe794b2"),
    ("json", '{"甲": 1}', '{"甲": 1}'),
    ("varchar(9) collate utf8mb4_bin", "甲🎉", "甲🎉"),
    ("varchar(9) character set gbk", "甲", "甲"),
    ("year", 2026, "2026"),
    ("enum('是','否')", "是", "是"),
]


@pytest.mark.parametrize(("kind", "value", "text"), POSTGRES_TYPES, ids=[kind for kind, *_ in POSTGRES_TYPES])
def test_a_type_of_postgresql(postgres_agency: Agency, kind: str, value: object, text: str) -> None:
    postgres_agency.make(**{PUBLISHER: kind})
    postgres_agency.add(1, 批次="A1", **{PUBLISHER: value})

    postgres_agency.pull(DAY, batch=BATCH)

    assert postgres_agency.rows(PUBLISHER) == [(text,)]


@pytest.mark.parametrize(("kind", "value", "text"), MARIADB_TYPES, ids=[kind for kind, *_ in MARIADB_TYPES])
def test_a_type_of_mariadb(mariadb_agency: Agency, kind: str, value: object, text: str) -> None:
    mariadb_agency.make(**{PUBLISHER: kind})
    mariadb_agency.server.execute("set sql_mode = ''")
    mariadb_agency.add(1, 批次="A1", **{PUBLISHER: value})
    mariadb_agency.server.execute("set sql_mode = default")

    mariadb_agency.pull(DAY, batch=BATCH)

    assert mariadb_agency.rows(PUBLISHER) == [(text,)]


def test_a_table_that_writes_its_names_in_other_capitals_is_read(agency: Agency) -> None:
    agency.make(CHG=agency.server.types["time"])
    agency.add(1, CHG="2026-03-12 10:00:00")

    agency.pull(DAY, changed="CHG", columns={"提供日期": "chg"})

    assert [time[:19] for (time,) in agency.rows("提供日期")] == ["2026-03-12 10:00:00"]


def test_a_view_is_pulled_like_a_table(agency: Agency) -> None:
    agency.add(1, 批次="A1")
    agency.server.execute("drop view if exists share.shown")
    agency.server.execute("create view share.shown as select * from share.qs")
    grant = "grant select on share.shown to reader" if agency.server.kind == "postgresql" else "select 1"
    agency.server.execute(grant)

    agency.pull(DAY, batch=BATCH, table="share.shown")
    agency.server.execute("drop view share.shown")

    assert agency.times_taken() == {"1": 1}
