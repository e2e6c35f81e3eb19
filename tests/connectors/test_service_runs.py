"""Whatever a service does, a pull ends complete and exact, or with a reason and nothing delivered: 200 seeded runs."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from creditlake.connectors import inbox
from creditlake.connectors.endpoint import SourceFailed
from creditlake.connectors.pulling import Errand, deliveries
from creditlake.connectors.service_spec import Auth, Cursor, Link, NoAuth, Numbered, ServicePull, TokenEndpoint
from creditlake.lake import LakePaths
from creditlake.lake.watermarks import watermarks

from tests.connectors.fault_server import PASSWORD, PERSON, Agency, serving
from tests.connectors.service_feed import AS_OF, QUICK, endpoint_at, feed_behind, read_rows, rows_of, service

RUNS = 200
FAULTS = ("reset", "stall", "truncated", "cut", "500", "503", "429", "wait", "html", "duplicate", "reordered",
          "envelope", "expired", "404")  # fmt: skip
SELDOM = {"stall": 0.3, "404": 0.05}
LIMITS = replace(QUICK, read=timedelta(milliseconds=60), tries=4, readings=4, longest_pause=timedelta(milliseconds=2))
WAYS = (
    ServicePull("/page", "data.list", Numbered(total="data.total")),
    ServicePull("/page", "data.list", Numbered(total="data.total", echo="data.page"), ok={"code": 0}),
    ServicePull("/page", "data.list", Numbered(pages="data.pages", size=4)),
    ServicePull("/cursor", "items", Cursor(next="next", more="more")),
    ServicePull("/link", "items", Link(next="next")),
    ServicePull("/linked", "", Link(total="header:X-Total-Count")),
)


def one_run(seed: int, folder: Path) -> str:
    """Pull once from a service that goes wrong by a seed; return the reason, empty when the pull was complete.

    Everything that must hold of either end is asserted here.
    """
    chance = random.Random(seed)
    share = chance.choice((0.05, 0.2, 0.4, 0.7))
    agency = Agency(rows_of(23))
    words = random.Random(seed + 1_000_000)
    weights = [SELDOM.get(fault, 1.0) for fault in FAULTS]
    agency.faults = lambda _: words.choices(FAULTS, weights)[0] if words.random() < share else ""
    auth: Auth = chance.choice((NoAuth(), TokenEndpoint("/token")))
    agency.auth = "none" if isinstance(auth, NoAuth) else "token"
    agency.token_lasts = 5
    feed = feed_behind(service(auth, LIMITS), chance.choice(WAYS))
    paths = LakePaths(folder / str(seed))
    paths.create()
    with serving(agency) as port:
        errand = Errand(feed, folder, AS_OF, lambda connection: endpoint_at(port))
        try:
            (delivery,) = deliveries(paths, errand)
        except SourceFailed as failed:
            assert inbox.waiting(paths, "tax") == []
            assert watermarks(paths, "tax") == []
            assert list(paths.scratch.iterdir()) == []
            return str(failed).partition(": ")[2]
    wanted = {row["id"]: row for row in rows_of(23)}
    found = read_rows(delivery.path)
    assert {row["id"]: row for row in found} == wanted and len(found) == 23, f"seed {seed}"
    return ""


@pytest.mark.parametrize("first", range(0, RUNS, 50))
def test_every_run_is_complete_and_exact_or_fails_with_a_reason(
    first: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reasons = [one_run(seed, tmp_path) for seed in range(first, first + 50)]

    ends = Counter("complete" if not reason else "failed" for reason in reasons)
    assert ends["complete"] >= 15 and ends["failed"] >= 5
    assert all(reason.startswith(("it", "its", "rows", "a page", "an answer", "the ", "sign-in", "there", "more"))
               for reason in reasons if reason)  # fmt: skip
    for told in (*reasons, caplog.text):
        assert PERSON not in told and PASSWORD not in told and "公司" not in told
