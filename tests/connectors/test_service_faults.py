"""Each thing that goes wrong with a service, alone: what is asked again, what is final, and what is said of it."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from creditlake.connectors.endpoint import SourceFailed
from creditlake.connectors.service_spec import Limits, ServicePull

from tests.connectors.fault_server import PERSON, Agency, Faults, serving
from tests.connectors.service_feed import BY_NUMBER, QUICK, pulled, rows_of, service

CHECKED = replace(BY_NUMBER, ok={"code": 0})
ONCE = {
    "reset": "the connection broke before the answer was whole",
    "stall": "its answer stood still for 0:00:00.400000",
    "truncated": "the connection broke before the answer was whole",
    "cut": "its answer is no JSON (status 200, application/json, ",
    "html": "its answer is HTML (status 200, text/html, ",
    "envelope": "its code says that the answer is none (status 200, application/json, ",
    "500": "it answered status 500, application/json, ",
    "503": "it answered status 503, application/json, ",
    "429": "it answered status 429, application/json, ",
    "wait": "it answered status 429, application/json, ",
}
"""What is asked again, and the reason when it never ends."""


def once(fault: str) -> Faults:
    """The second request goes wrong, all others go well."""
    return lambda number: fault if number == 1 else ""


def always(fault: str) -> Faults:
    """From the second request on all go wrong."""
    return lambda number: fault if number >= 1 else ""


def failure(agency: Agency, folder: Path, limits: Limits = QUICK, pull: ServicePull = CHECKED) -> str:
    """The reason for which a pull fails."""
    with serving(agency) as port, pytest.raises(SourceFailed) as raised:
        pulled(port, folder, pull, service(limits=limits))
    return str(raised.value).partition(": ")[2]


def failing(faults: Faults) -> Agency:
    """An agency with three pages and faults."""
    agency = Agency(rows_of(11))
    agency.faults = faults
    return agency


@pytest.mark.parametrize("fault", ONCE)
def test_what_goes_wrong_once_is_asked_again_and_each_row_comes_once(fault: str, tmp_path: Path) -> None:
    agency = failing(once(fault))
    with serving(agency) as port:
        assert pulled(port, tmp_path, CHECKED)[0] == rows_of(11)
    assert agency.asked == 4


@pytest.mark.parametrize(("fault", "reason"), ONCE.items(), ids=ONCE)
def test_what_never_ends_fails_with_its_reason_and_quotes_no_row(
    fault: str, reason: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    agency = failing(always(fault))
    limits = replace(QUICK, read=timedelta(milliseconds=400), tries=3)

    said = failure(agency, tmp_path, limits)

    assert said.startswith(reason) and said.endswith(", in 3 tries")
    assert PERSON not in said + caplog.text and "公司" not in said + caplog.text
    assert agency.asked == 1 + 3


@pytest.mark.parametrize("fault", ["404", "302"])
def test_what_the_service_says_of_our_request_is_final(fault: str, tmp_path: Path) -> None:
    agency = failing(once(fault))

    said = failure(agency, tmp_path)

    assert said.startswith({"404": "it refused us (status 404", "302": "it sends us elsewhere (status 302"}[fault])
    assert agency.asked == 2


def test_a_page_that_came_before_is_no_page_where_the_service_counts_them(tmp_path: Path) -> None:
    without_echo = replace(BY_NUMBER, paging=replace(BY_NUMBER.paging, echo=""))  # type: ignore[type-var]

    for fault in ("duplicate", "reordered"):
        with serving(failing(once(fault))) as port:
            assert pulled(port, tmp_path, without_echo)[0] == rows_of(11)
    assert failure(failing(always("duplicate")), tmp_path, pull=without_echo) == "a page came twice, in 3 readings"


@pytest.mark.parametrize(
    ("retry_after", "longest", "least"),
    [("1", 5.0, 1.0), ("600", 0.2, 0.2), ("Wed, 21 Oct 2099 07:28:00 GMT", 0.2, 0.2), ("yesterday", 0.2, 0.0)],
)
def test_the_pause_that_a_service_asks_for_is_kept_but_for_its_cap(
    retry_after: str, longest: float, least: float, tmp_path: Path
) -> None:
    agency = failing(once("wait"))
    agency.retry_after = retry_after
    limits = replace(QUICK, longest_pause=timedelta(seconds=longest))
    begun = time.monotonic()
    with serving(agency) as port:
        assert pulled(port, tmp_path, spec=service(limits=limits))[0] == rows_of(11)

    assert time.monotonic() - begun >= least


def test_an_answer_that_drips_ends_with_the_time_of_the_pull(tmp_path: Path) -> None:
    limits = replace(QUICK, pull=timedelta(milliseconds=500))
    begun = time.monotonic()

    assert failure(failing(always("drip")), tmp_path, limits) == "the time of a pull, 0:00:00.500000, is over"
    assert time.monotonic() - begun < 5


def test_a_pause_that_outlasts_the_pull_is_not_begun(tmp_path: Path) -> None:
    agency = failing(once("wait"))
    agency.retry_after = "600"
    limits = replace(QUICK, longest_pause=timedelta(hours=1), pull=timedelta(seconds=5))

    assert failure(agency, tmp_path, limits) == "the time of a pull, 0:00:05, is over"


def test_a_service_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with serving(Agency([])) as port:
        pass
    with pytest.raises(SourceFailed, match=r"cannot be reached: .*refused, in 4 tries"):
        pulled(port, tmp_path)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (replace(QUICK, page=200), "one answer is larger than 200 bytes"),
        (replace(QUICK, total=500), "its answers are together larger than 500 bytes"),
    ],
)
def test_an_answer_beyond_its_size_is_refused_at_once(limits: Limits, reason: str, tmp_path: Path) -> None:
    agency = failing(lambda number: "")

    assert failure(agency, tmp_path, limits) == reason
    assert agency.asked <= 3


@pytest.mark.parametrize(
    ("pull", "reason"),
    [
        (replace(BY_NUMBER, rows="data.rows"), "there is no list data.rows in its answer"),
        (replace(BY_NUMBER, rows="records"), "there is no list records in its answer"),
        (replace(BY_NUMBER, rows="data.pages"), "its answer is not as the contract says"),
        (replace(BY_NUMBER, ok={"code": 200}), "its code says that the answer is none"),
    ],
)
def test_an_answer_that_is_not_as_the_contract_says_is_none(pull: ServicePull, reason: str, tmp_path: Path) -> None:
    assert reason in failure(failing(lambda number: ""), tmp_path, pull=pull)


def test_a_long_error_is_logged_by_try_and_without_an_address(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with serving(failing(once("503"))) as port:
        pulled(port, tmp_path)

    assert [record.message for record in caplog.records if record.name.startswith("creditlake")] == [
        f"tax_api, try 1 of 4: it answered status 503, application/json, {len(f'<html>{PERSON}</html>'.encode())} bytes"
    ]
    assert "page=" not in caplog.text
