"""What an exchange database refuses, or when it goes away: a clear reason, no credential, and nothing has moved."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import traceback
from datetime import date
from pathlib import Path

import pytest
from creditlake.connectors.database import SESSIONS, ExchangeDatabase
from creditlake.connectors.dialect import ERRORS
from creditlake.connectors.endpoint import Endpoint, SourceFailed
from creditlake.connectors.spec import Database

from tests.connectors.databases import PASSWORD, ExchangeServer
from tests.connectors.exchange import BATCH, CHANGED, TABLE, Agency, tax
from tests.connectors.servers import free_port

DAY = "2026-03-12"


def told(agency: Agency, endpoint: Endpoint | None = None, **pull: object) -> str:
    """Pull in vain; return what is told, after looking for the credential in everything that could be shown."""
    with pytest.raises(SourceFailed) as caught:
        agency.pull(DAY, endpoint, **pull)
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = "".join(traceback.format_exception(error)) + repr(error.args)
    for secret in (PASSWORD, repr(PASSWORD)[1:-1], PASSWORD.replace("'", "''"), "a-wrong-one"):
        assert secret not in shown
    assert agency.marks() == []
    return str(error)


def test_a_wrong_password_is_told_without_any_credential(agency: Agency, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        said = told(agency, agency.server.endpoint(password="a-wrong-one"), batch=BATCH)

    assert said.startswith("tax.arrears, agency_database (")
    assert "password" in said
    assert "a-wrong-one" not in caplog.text


def test_nothing_of_a_credential_is_logged_when_all_goes_well(agency: Agency, caplog: pytest.LogCaptureFixture) -> None:
    agency.add(1, 批次="A1")
    with caplog.at_level(logging.DEBUG):
        agency.pull(DAY, batch=BATCH)

    assert PASSWORD not in caplog.text


def test_a_server_that_is_down_is_told(agency: Agency) -> None:
    said = told(agency, agency.server.endpoint(host="127.0.0.1", port=free_port()), batch=BATCH)

    assert "refused" in said


def test_a_host_that_nobody_knows_is_told(agency: Agency) -> None:
    said = told(agency, agency.server.endpoint(host="no-such-host.invalid", port=1), batch=BATCH)

    assert said.startswith("tax.arrears, agency_database (no-such-host.invalid:1): ")


def test_a_table_that_is_not_there_is_told(agency: Agency) -> None:
    assert "nowhere" in told(agency, table="share.nowhere", batch=BATCH)


def test_a_name_of_a_table_is_no_statement(agency: Agency) -> None:
    agency.add(1, 批次="A1")

    told(agency, table="share.qs'--", batch=BATCH)

    assert agency.server.execute(f"select count(*) from {TABLE}") == [(1,)]


@pytest.mark.parametrize(
    "pull",
    [
        {"batch": "没有"},
        {"changed": "没有"},
        {"batch": BATCH, "order": "没有"},
        {"batch": BATCH, "columns": {"纳税人名称": "没有"}},
        {"batch": BATCH, "columns": {"增删改标志": "没有"}},
    ],
    ids=["batch", "changed", "order", "a column", "a column that may be missing"],
)
def test_a_column_that_is_not_there_is_told(agency: Agency, pull: dict[str, object]) -> None:
    assert told(agency, **pull).endswith("the table share.qs has no column 没有")


def test_a_table_without_a_column_that_the_contract_requires_is_told(agency: Agency) -> None:
    agency.server.execute(f"alter table {TABLE} drop column {agency.server.quote('欠税税种')}")

    assert told(agency, batch=BATCH).endswith("the table share.qs has no column 欠税税种")


def test_a_time_that_is_none_is_told(postgres_agency: Agency) -> None:
    postgres_agency.make(更新时间="text")
    postgres_agency.add(1, 更新时间="昨天")

    assert "昨天" in told(postgres_agency, changed=CHANGED)


def test_the_session_can_only_read_though_its_account_may_write(agency: Agency) -> None:
    agency.add(1, 批次="A1")
    for statement in (f"delete from {TABLE}", "create table share.mine (n int)", f"drop table {TABLE}"):
        with (
            contextlib.closing(SESSIONS[agency.server.kind](agency.server.endpoint())) as session,
            pytest.raises(ERRORS, match=r"(?i)read.only"),
        ):
            session.rows(statement)

    assert agency.server.execute(f"select count(*) from {TABLE}") == [(1,)]


def fill(server: ExchangeServer, rows: int) -> None:
    """Add many rows of one batch."""
    numbers = f"generate_series(1, {rows})" if server.kind == "postgresql" else f"share.seq_1_to_{rows}"
    batch, name = server.quote(BATCH), server.quote("纳税人名称")
    server.execute(f"insert into {TABLE} ({batch}, {name}) select 'A1', repeat('某', 60) from {numbers}")


def test_a_server_that_goes_away_in_the_middle_is_told(agency: Agency, tmp_path: Path) -> None:
    fill(agency.server, 100_000)
    feed, scratch = tax(agency.server.kind, batch=BATCH), tmp_path / "scratch"
    spec = feed.connector
    assert isinstance(spec, Database)
    source = ExchangeDatabase(feed, spec, agency.server.endpoint(), date.fromisoformat(DAY), scratch)
    (increment,) = source.increments([])
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def end_while_reading() -> None:
        with open(pipe, "rb") as reader:
            reader.read(1)
            agency.server.end_sessions()
            while reader.read(1 << 20):
                pass

    thread = threading.Thread(target=end_while_reading)
    thread.start()
    with pytest.raises(SourceFailed, match=r"tax\.arrears, agency_database"):
        source.pull(increment, [], pipe)
    thread.join()
    source.close()
