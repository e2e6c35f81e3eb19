"""What an exchange table holds arrives as it stands, whatever type its column has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.connectors.exchange import BATCH, CHANGED, KEY, Agency

DAY = "2026-03-12"
PLACES = NAME, PUBLISHER, *_ = ("纳税人名称", "发布部门", "累计欠税余额", "当期新发生欠税金额", "认定日期", "是否补缴")
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


def test_texts_arrive_as_they_are(agency: Agency) -> None:
    for key, text in enumerate(TEXTS.values()):
        agency.add(key, 批次="A1", **{NAME: text})

    agency.pull(DAY, batch=BATCH, order=KEY)

    assert dict(zip(TEXTS, agency.rows(KEY, NAME), strict=True)) == {
        what: (str(key), text) for key, (what, text) in enumerate(TEXTS.items())
    }


def test_null_and_the_empty_text_are_both_missing(agency: Agency) -> None:
    agency.add(1, 批次="A1", **{NAME: None, PUBLISHER: ""})

    agency.pull(DAY, batch=BATCH)

    assert agency.rows(NAME, PUBLISHER) == [("", "")]


def test_texts_are_known_again_in_the_overlap(agency: Agency) -> None:
    for key, text in enumerate(TEXTS.values()):
        agency.add(key, 更新时间="2026-03-12 09:00:00", **{NAME: text, PUBLISHER: None})
    agency.pull(DAY, changed=CHANGED, overlap={"hours": 1})
    agency.add(len(TEXTS), 更新时间="2026-03-12 09:00:00", **{NAME: "其后", PUBLISHER: None})
    agency.pull(DAY, changed=CHANGED, overlap={"hours": 1})

    assert agency.times_taken() == {str(key): 1 for key in range(len(TEXTS) + 1)}


TYPES = [
    ("numeric(18,4)", "12.3400", "12.3400", "12.3400"),
    ("double precision", 0.1, "0.1", "0.1"),
    ("bigint", -9223372036854775808, "-9223372036854775808", "-9223372036854775808"),
    ("date", "2026-03-02", "2026-03-02", "2026-03-02"),
    ("boolean", True, "true", "1"),
    ("char(9)", "甲", "甲", "甲"),
]
POSTGRES_TYPES = [
    *((kind, value, by_postgres) for kind, value, by_postgres, _ in TYPES),
    ("timestamp", "2026-03-02 10:00:00.5", "2026-03-02 10:00:00.5"),
    ("timestamptz", "2026-03-02 10:00:00+00", "2026-03-02 18:00:00+08"),
    ("bytea", b"\xff\x00", "\\xff00"),
    ("jsonb", '{"甲": 1}', '{"甲": 1}'),
    ("text[]", "{甲,乙}", "{甲,乙}"),
]
MARIADB_TYPES = [
    *((kind, value, by_mariadb) for kind, value, _, by_mariadb in TYPES),
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


def by_columns(agency: Agency, kinds: list[tuple[str, Any, str]]) -> Iterator[tuple[str, str, str]]:
    """Pull rows with each kind of value in a column of its own, as many at a time as there are places.

    Yields:
        What each kind is, what came of its value, and what should.
    """
    for start in range(0, len(kinds), len(PLACES)):
        few = kinds[start : start + len(PLACES)]
        places = dict(zip(PLACES, few, strict=False))
        agency.make(**{column: kind for column, (kind, _, _) in places.items()})
        agency.add(1, 批次=few[0][0], **{column: value for column, (_, value, _) in places.items()})
        agency.pull(DAY, batch=BATCH)
        came = agency.rows(*places)[-1]
        yield from ((kind, text, wanted) for text, (kind, _, wanted) in zip(came, few, strict=True))


def test_a_value_of_postgresql_is_the_servers_own_text_of_it(postgres_agency: Agency) -> None:
    for kind, came, wanted in by_columns(postgres_agency, POSTGRES_TYPES):
        assert (kind, came) == (kind, wanted)


def test_a_value_of_mariadb_is_the_servers_own_text_of_it(mariadb_agency: Agency) -> None:
    mariadb_agency.server.execute("set sql_mode = ''")
    for kind, came, wanted in by_columns(mariadb_agency, MARIADB_TYPES):
        assert (kind, came) == (kind, wanted)
    mariadb_agency.server.execute("set sql_mode = default")


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
