"""Pulling again from a given time: what the overlap missed comes in, what came before does not come twice."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from creditlake import pipeline
from creditlake.connectors.again import is_pulled_by_time, pulled_from
from creditlake.contracts import load_feeds
from creditlake.ingest import Outcome

from tests.connectors.exchange import BATCH, CHANGED, Agency, tax

FIRST, SECOND = "2026-10-01 09:00:00", "2026-10-01 18:00:00.5"


def again(agency: Agency, since: str) -> list[Outcome]:
    """Pull the arrears again from a time, as of the day after."""
    paths, sign_in, feed = agency.paths, agency.server.endpoint(), tax(agency.server.kind, changed=CHANGED)
    feed = pulled_from(feed, "arrears", datetime.fromisoformat(since), agency.marks())
    return pipeline.ingest_feed(paths, paths.root, feed, date(2026, 10, 2), "again", lambda _: sign_in).outcomes


@pytest.fixture
def taken(agency: Agency) -> Agency:
    """An agency whose two rows were taken, and that then committed a row of the morning late and mended another."""
    agency.add(1, 纳税人名称="甲", **{CHANGED: FIRST})
    agency.add(2, 纳税人名称="乙", **{CHANGED: SECOND})
    agency.pull("2026-10-01", changed=CHANGED)
    agency.add(3, 纳税人名称="丙", **{CHANGED: "2026-10-01 09:30:00"})
    names = (agency.server.quote(name) for name in ("累计欠税余额", CHANGED))
    agency.server.execute("update share.qs set {} = '7.00' where {} = %s".format(*names), [FIRST])
    return agency


def test_what_was_committed_late_or_changed_without_a_new_time_comes_in(taken: Agency) -> None:
    assert taken.pull("2026-10-02", changed=CHANGED) == []

    again(taken, "2026-10-01 08:00:00")

    assert taken.times_taken() == {"1": 2, "2": 1, "3": 1}


def test_what_came_before_comes_no_second_time_and_the_watermark_stays(taken: Agency) -> None:
    before = taken.marks()[-1].reached
    again(taken, "2026-10-01T00:30:00+00:00")
    came = taken.times_taken()

    assert again(taken, "2026-10-01 08:00:00") == []

    assert taken.times_taken() == came
    assert {datetime.fromisoformat(mark.reached) for mark in taken.marks()} == {datetime.fromisoformat(before)}


def test_it_begins_at_the_given_time(taken: Agency) -> None:
    again(taken, "2026-10-01T09:10:00")

    assert taken.times_taken() == {"1": 1, "2": 1, "3": 1}


def test_a_time_after_the_watermark_shortens_no_overlap(agency: Agency) -> None:
    feed = tax(agency.server.kind, changed=CHANGED, overlap={"hours": 2})
    agency.add(1, **{CHANGED: FIRST})
    agency.pull("2026-10-01", changed=CHANGED)

    assert pulled_from(feed, "arrears", datetime.fromisoformat("2026-10-09"), agency.marks()) == feed
    assert pulled_from(feed, "arrears", datetime.fromisoformat("2026-09-01"), []) == feed


def test_what_is_not_pulled_by_time_cannot_be_pulled_from_a_time() -> None:
    dropped, numbered = load_feeds()["tax"], tax("postgresql", batch=BATCH)

    assert not any(is_pulled_by_time(feed.dataset("arrears")) for feed in (dropped, numbered))
    for feed in (dropped, numbered):
        with pytest.raises(ValueError, match="not pulled by time"):
            pulled_from(feed, "arrears", datetime.fromisoformat(FIRST), [])
