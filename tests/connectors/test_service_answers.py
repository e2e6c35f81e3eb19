"""How an answer is read: packed or not, in the Chinese encodings, with numbers as text; the rest is no data."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from creditlake.connectors.endpoint import SourceFailed
from creditlake.connectors.service_spec import Link, ServicePull, Single

from tests.connectors.fault_server import Rewriting, Row, serving
from tests.connectors.service_feed import BY_NUMBER, QUICK, pulled, rows_of, service

GZIP = {"Content-Encoding": "gzip"}
GBK = {"Content-Type": "application/json; charset=GBK"}
Rewrite = Callable[[bytes], bytes]


def got(
    rewrite: Rewrite, folder: Path, headers: dict[str, str] | None = None, pull: ServicePull = BY_NUMBER
) -> list[Row]:
    """The rows of a service of three rows whose answers are rewritten."""
    with serving(Rewriting(rows_of(3), rewrite, headers)) as port:
        return pulled(port, folder, pull, service(limits=replace(QUICK, tries=2, readings=2, page=100_000)))[0]


def refusal(
    rewrite: Rewrite, folder: Path, headers: dict[str, str] | None = None, pull: ServicePull = BY_NUMBER
) -> str:
    """The reason for which they are no data."""
    with pytest.raises(SourceFailed) as raised:
        got(rewrite, folder, headers, pull)
    return str(raised.value).partition(": ")[2]


@pytest.mark.parametrize(
    ("rewrite", "headers"),
    [
        (gzip.compress, GZIP),
        (lambda body: body.decode().encode("gb18030"), GBK),
        (lambda body: b"\xef\xbb\xbf" + body, {"Content-Type": "text/plain"}),
        (lambda body: body.replace(b'"total": 3', b'"total": "3"'), {}),
        (lambda body: body.replace(b'{"code"', b'{"more": [[{"a": null}]], "code"'), {}),
    ],
    ids=["gzip", "GBK", "a mark of byte order", "a total that is text", "more than was agreed"],
)
def test_rows_come_through(rewrite: Rewrite, headers: dict[str, str], tmp_path: Path) -> None:
    assert got(rewrite, tmp_path, headers) == rows_of(3)


@pytest.mark.parametrize(
    ("rewrite", "headers", "reason"),
    [
        (lambda body: body.decode().encode("gb18030"), {}, "its answer is no JSON"),
        (lambda body: body, GZIP, "its answer cannot be unpacked"),
        (lambda body: gzip.compress(body)[:-20], GZIP, "its answer is no JSON"),
        (lambda body: gzip.compress(b" " * 1_000_000), GZIP, "one answer is larger than 100000 bytes"),
        (lambda body: b"", {}, "its answer is no JSON (status 200, application/json, 0 bytes)"),
        (lambda body: b"[" * 50_000, {}, "its answer is"),
        (lambda body: body + b"{}", {}, "its answer is no JSON"),
        (lambda body: body.replace(b'"total": 3', b'"total": -3'), {}, "its answer has no number at data.total"),
        (lambda body: body.replace(b'"total": 3', b'"total": true'), {}, "its answer has no number at data.total"),
        (lambda body: body.replace(b'"total": 3, ', b""), {}, "its answer has no number at data.total"),
        (lambda body: body.replace(b'"total": 3', b'"total": 2'), {}, "more than the 2 rows came"),
        (lambda body: b'{"code": 0, "data": null}', {}, "its answer has no number at data.page"),
        (lambda body: b'{"data": {"page": 1, "total": 3, "list": null}}', {}, "there is no list data.list"),
        (lambda body: b'{"data": {"page": 1, "total": 3, "list": []}}', {}, "its pages end after 0 of 3 rows"),
    ],
)  # fmt: skip
def test_what_is_no_data_is_none(rewrite: Rewrite, headers: dict[str, str], reason: str, tmp_path: Path) -> None:
    assert refusal(rewrite, tmp_path, headers).startswith(reason)


def test_no_rows_may_be_said_by_null(tmp_path: Path) -> None:
    assert got(lambda body: b'{"data": {"page": 1, "total": 0, "list": null}}', tmp_path) == []


@pytest.mark.parametrize(
    ("link", "end"),
    [
        ('</linked?at=2>; rel="prev", </linked>; rel=first', "complete"),
        ("</linked?at=1>; rel=self", "complete"),
        ("", "names no next page and does not say that it is the last"),
        ("nonsense", "names no next page and does not say that it is the last"),
        ('<http://[>; rel="next"', "its next page has no address that can be read"),
        ('<//elsewhere.example/x>; title="a, b"; rel="next last"', "lies on another server"),
        ("<https://127.0.0.1/x>; rel=next", "lies on another server"),
    ],
)
def test_a_link_header_ends_the_reading_only_where_it_says_so(link: str, end: str, tmp_path: Path) -> None:
    pull = ServicePull("/linked", "", Link())
    with serving(Rewriting(rows_of(3), lambda body: body, {"Link": link})) as port:
        try:
            rows, _ = pulled(port, tmp_path, pull)
        except SourceFailed as failed:
            assert end in str(failed)
        else:
            assert (end, rows) == ("complete", rows_of(3))


def test_one_answer_with_a_total_must_hold_all(tmp_path: Path) -> None:
    pull = ServicePull("/page", "data.list", Single(total="data.total"))

    assert got(lambda body: body, tmp_path, pull=pull) == rows_of(3)
    cut = refusal(lambda body: body.replace(b'"total": 3', b'"total": 4'), tmp_path, pull=pull)
    assert cut == "3 rows came of the 4 that it says there are, in 2 readings"
