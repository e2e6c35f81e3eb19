"""Every way in which a service pages ends with each row once; what is not provably whole is nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from creditlake.connectors.endpoint import SourceFailed
from creditlake.connectors.files import month_in
from creditlake.connectors.service import ServiceConnector
from creditlake.connectors.service_spec import Cursor, Link, Numbered, ServicePull, Single

from tests.connectors.fault_server import Agency, Rewriting, serving
from tests.connectors.service_feed import AS_OF, BY_NUMBER, endpoint_at, feed_behind, pulled, rows_of, service

BY_CURSOR = ServicePull("/cursor", "items", Cursor(next="next", more="more"))
BY_LINK = ServicePull("/link", "items", Link(next="next"))
BY_HEADER = ServicePull("/linked", "", Link())
AT_ONCE = ServicePull("/all", "", Single())
WAYS = {
    "number, rows counted": BY_NUMBER,
    "number, pages counted": replace(BY_NUMBER, paging=Numbered(pages="data.pages", size=4)),
    "number in a body": replace(BY_NUMBER, method="POST", ok={"code": 0}),
    "cursor that ends with null": replace(BY_CURSOR, paging=Cursor(next="next")),
    "cursor with a flag": replace(BY_CURSOR, query={"omit": "yes"}),
    "link in the answer": BY_LINK,
    "link in the header": BY_HEADER,
    "link in the header, counted there": replace(BY_HEADER, paging=Link(total="header:X-Total-Count")),
    "one answer": AT_ONCE,
}


@pytest.mark.parametrize("pull", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("number", [1, 4, 11])
def test_every_row_comes_once_and_in_order(pull: ServicePull, number: int, tmp_path: Path) -> None:
    with serving(Agency(rows_of(number))) as port:
        rows, reached = pulled(port, tmp_path, pull)

    assert rows == rows_of(number)
    assert reached == "2026-10-31"


@pytest.mark.parametrize("pull", WAYS.values(), ids=WAYS)
def test_a_service_without_rows_brings_nothing(pull: ServicePull, tmp_path: Path) -> None:
    with serving(Agency([])) as port:
        assert pulled(port, tmp_path, pull) == ([], None)


def test_a_row_is_kept_letter_by_letter_on_one_line(tmp_path: Path) -> None:
    agency = Rewriting([], lambda body: '[{"b": 1.50,\n "a":\t"甲\\n\\u4e59", "b" : 12e0}]'.encode())
    with serving(agency) as port:
        pulled(port, tmp_path, AT_ONCE)

    assert (tmp_path / "ratings-to-20261031.jsonl").read_text(encoding="utf-8") == (
        '{"b":1.50,"a":"甲\\n\\u4e59","b":12e0}\n'
    )


def test_the_name_of_a_pulled_file_is_no_month() -> None:
    connector = ServiceConnector(feed_behind(service(), BY_NUMBER), service(), endpoint_at(1), AS_OF)

    (increment,) = connector.increments([])

    assert increment.name == "ratings-to-20261031.jsonl"
    assert month_in(increment.name) is None


def test_the_size_that_is_asked_for_and_the_contracts_own_words_are_in_every_request(tmp_path: Path) -> None:
    agency = Agency(rows_of(11))
    pull = replace(BY_NUMBER, query={"状态": "公示"}, paging=Numbered(total="data.total", size_parameter="n", size=4))
    with serving(agency) as port:
        pulled(port, tmp_path, pull)

    assert [one.query for one in agency.seen] == [{"状态": "公示", "n": "4", "page": page} for page in "123"]


def failure(agency: Agency, folder: Path, pull: ServicePull = BY_NUMBER) -> str:
    """The reason for which a pull fails."""
    with serving(agency) as port, pytest.raises(SourceFailed) as raised:
        pulled(port, folder, pull)
    assert f"tax.ratings, tax_api (127.0.0.1:{port}), {pull.path}: " in str(raised.value)
    return str(raised.value).partition(": ")[2]


def test_a_page_that_says_another_number_is_not_the_one_that_was_asked_for(tmp_path: Path) -> None:
    agency = Rewriting(rows_of(11), lambda body: body.replace(b'"page": 2', b'"page": 3'))

    assert "it answered with another page than the one it was asked for" in failure(agency, tmp_path)


def test_a_contract_that_begins_at_the_second_page_is_noticed(tmp_path: Path) -> None:
    pull = replace(BY_NUMBER, paging=Numbered(first=2, total="data.total"))

    assert failure(Agency(rows_of(11)), tmp_path, pull) == "its pages end after 7 of 11 rows, in 3 readings"


def test_a_next_page_on_another_server_is_not_asked_for(tmp_path: Path) -> None:
    stranger = Agency(rows_of(11))
    with serving(stranger) as other:
        agency = Agency(rows_of(11))
        agency.elsewhere = f"http://127.0.0.1:{other}"
        reason = failure(agency, tmp_path, BY_LINK)

    assert reason == "its next page lies on another server, where our sign-in is not sent"
    assert stranger.seen == []


def test_a_cursor_that_leads_back_is_read_again_and_then_fails(tmp_path: Path) -> None:
    agency = Rewriting(rows_of(11), lambda body: body.replace(b'"next": 3', b'"next": 2'))

    assert failure(agency, tmp_path, BY_CURSOR) == "its cursors lead back to a page that was read, in 3 readings"


def test_a_last_page_that_does_not_say_so_is_not_taken_for_one(tmp_path: Path) -> None:
    pull = replace(BY_CURSOR, query={"omit": "yes"}, paging=Cursor(next="next"))

    assert "names no next page and does not say that it is the last" in failure(Agency(rows_of(11)), tmp_path, pull)


@pytest.mark.parametrize("size", [0, 4])
def test_an_empty_page_in_the_middle_is_none_where_nothing_else_would_tell(size: int, tmp_path: Path) -> None:
    def emptied(body: bytes) -> bytes:
        return re.sub(rb'"items": \[.*\]', b'"items": []', body) if b'"next": 3' in body else body

    pull = replace(BY_CURSOR, paging=Cursor(next="next", size_parameter="n" if size else "", size=size))
    reason = failure(Rewriting(rows_of(11), emptied), tmp_path, pull)

    assert reason == f"a page before the last has 0 rows and not {size or 'any'}, in 3 readings"


def test_a_total_that_changes_once_costs_a_second_reading(tmp_path: Path) -> None:
    agency = Agency(rows_of(11))
    agency.changes = lambda number: agency.rows.append({"id": 99}) if number == 1 else None
    with serving(agency) as port:
        rows, _ = pulled(port, tmp_path)

    assert rows == [*rows_of(11), {"id": 99}]


def test_a_total_that_never_stands_still_fails(tmp_path: Path) -> None:
    agency = Agency(rows_of(11))
    agency.changes = lambda number: agency.rows.insert(0, {"id": 100 + number})

    assert failure(agency, tmp_path) == "the number of rows or pages changed under the reading, in 3 readings"


def test_rows_that_slide_to_the_next_page_are_not_doubled(tmp_path: Path) -> None:
    agency = Agency(rows_of(11))

    def slide(number: int) -> None:
        if number == 1:  # a new row at the top, the last one gone: the total stays
            agency.rows = [{"id": 99}, *agency.rows[:-1]]

    agency.changes = slide
    with serving(agency) as port:
        rows, _ = pulled(port, tmp_path)

    assert rows == [{"id": 99}, *rows_of(10)]


def test_rows_that_slide_in_every_reading_fail(tmp_path: Path) -> None:
    agency = Agency(rows_of(11))

    def slide(number: int) -> None:
        agency.rows = [{"id": 100 + number}, *agency.rows[:-1]]

    agency.changes = slide

    assert failure(agency, tmp_path) == "rows that are alike letter by letter came on two pages, in 3 readings"


def test_alike_rows_are_kept_where_the_contract_allows_them_and_two_readings_agree(tmp_path: Path) -> None:
    rows = [*rows_of(5), *rows_of(2)]

    assert "came on two pages" in failure(Agency(rows), tmp_path)
    agency = Agency(rows)
    with serving(agency) as port:
        assert pulled(port, tmp_path, replace(BY_NUMBER, alike=True))[0] == rows
    assert agency.asked == 4


def test_alike_rows_on_one_page_are_the_services_own(tmp_path: Path) -> None:
    rows = [{"id": 1}, {"id": 1}, {"id": 2}]
    with serving(Agency(rows)) as port:
        assert pulled(port, tmp_path)[0] == rows


def test_a_sample_is_the_first_rows_and_no_more_requests_than_it_needs(tmp_path: Path) -> None:
    agency = Agency(rows_of(11))
    with serving(agency) as port:
        connector = ServiceConnector(feed_behind(service(), BY_NUMBER), service(), endpoint_at(port), AS_OF)
        file = connector.sample("ratings", 6, tmp_path)
        connector.close()

    assert file is not None
    assert len(file.read_text(encoding="utf-8").splitlines()) == 6
    assert agency.asked == 2
