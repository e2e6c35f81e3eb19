"""All pages of one reading, in order, until the service itself has said that there are no more.

A reading whose pages do not fit together is ``Moved``: the data changed under it, or the service mixed its answers up.
It is read again from the beginning. What nobody has said to be the end is never taken for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec

from creditlake.connectors.service_answers import Answers, Page
from creditlake.connectors.service_calls import Ask, Calls, Refused, SignIn
from creditlake.connectors.service_spec import Cursor, Link, Numbered, Paging, ServicePull, Single

Parameters = Mapping[str, str | int]


class Moved(Exception):
    """The pages of one reading do not fit together."""


class Pages:
    """The pages of one dataset of a service."""

    def __init__(self, pull: ServicePull, base: str, calls: Calls, sign_in: SignIn) -> None:
        self._pull = pull
        self._base = base
        self._calls = calls
        self._sign_in = sign_in
        self._answers = Answers(pull)

    def read(self, bounds: Parameters) -> Iterator[Page]:
        """Yield every page once.

        Args:
            bounds: What the request says beside what the contract says with every one.

        Raises:
            Moved: the pages do not fit together.
            Refused: the service says no, or its answers are none.
        """
        self._calls.begin_reading()
        counted = _Count()
        match self._pull.paging:
            case Single():
                pages = iter([self._ask(self._address({**self._pull.query, **bounds}))])
            case Numbered() as paging:
                pages = self._numbered(paging, {**self._pull.query, **bounds}, counted)
            case Cursor() as paging:
                pages = self._by_cursor(paging, {**self._pull.query, **bounds}, counted)
            case Link() as paging:
                pages = self._by_link(paging, {**self._pull.query, **bounds}, counted)
        for page in pages:
            counted.add(page)
            yield page
        counted.close()

    def _numbered(self, paging: Numbered, said: Parameters, counted: _Count) -> Iterator[Page]:
        number = paging.first
        while True:
            page = self._ask(self._address({**said, **_size(paging), paging.parameter: number}), number)
            yield page
            number += 1
            if page.pages is not None:
                if number - paging.first >= page.pages:
                    return
                _see_full(page, paging)
            elif counted.is_whole:
                return
            elif not page.rows:
                raise Moved(f"its pages end after {counted.rows} of {counted.total} rows")

    def _by_cursor(self, paging: Cursor, said: Parameters, counted: _Count) -> Iterator[Page]:
        asked = {**said, **_size(paging)}
        seen: set[str | int] = set()
        while True:
            page = self._ask(self._address(asked))
            yield page
            if page.next is None:
                self._see_end(page, counted)
                return
            _see_full(page, paging)
            if page.next in seen:
                raise Moved("its cursors lead back to a page that was read")
            seen.add(page.next)
            asked[paging.parameter] = page.next

    def _by_link(self, paging: Link, said: Parameters, counted: _Count) -> Iterator[Page]:
        ask = self._address({**said, **_size(paging)})
        seen = {ask.url}
        while True:
            page = self._ask(ask)
            yield page
            if page.next is None:
                self._see_end(page, counted)
                return
            _see_full(page, paging)
            url = _joined(ask.url, str(page.next))
            if _origin(url) != _origin(self._base):
                raise Refused("its next page lies on another server, where our sign-in is not sent")
            if url in seen:
                raise Moved("its links lead back to a page that was read")
            seen.add(url)
            ask = Ask("GET", url)

    def _see_end(self, page: Page, counted: _Count) -> None:
        if not page.is_end_said and not counted.is_whole:
            raise Moved("an answer names no next page and does not say that it is the last")

    def _ask(self, ask: Ask, number: int | None = None) -> Page:
        return self._calls.fetch(ask, lambda reply: self._answers.page(reply, number), self._sign_in)

    def _address(self, parameters: Parameters) -> Ask:
        url = self._base + self._pull.path
        if self._pull.method == "POST":
            return Ask("POST", url, msgspec.json.encode(dict(parameters)))
        return Ask("GET", f"{url}?{urlencode(parameters)}" if parameters else url)


class _Count:
    """The rows of one reading so far, beside what the service says there are."""

    def __init__(self) -> None:
        self.rows = 0
        self.total: int | None = None
        self._pages: int | None = None
        self._is_begun = False

    @property
    def is_whole(self) -> bool:
        """Whether all rows came that the service says there are; False where it does not say."""
        return self.rows == self.total

    def add(self, page: Page) -> None:
        """Count a page; Moved when it says another total than those before, or there are more rows than that."""
        if self._is_begun and (page.total, page.pages) != (self.total, self._pages):
            raise Moved("the number of rows or pages changed under the reading")
        self._is_begun, self.total, self._pages = True, page.total, page.pages
        self.rows += len(page.rows)
        if self.total is not None and self.rows > self.total:
            raise Moved(f"more than the {self.total} rows came that it says there are")

    def close(self) -> None:
        """See that all rows came."""
        if self.total is not None and self.rows != self.total:
            raise Moved(f"{self.rows} rows came of the {self.total} that it says there are")


def _see_full(page: Page, paging: Numbered | Cursor | Link) -> None:
    """See that a page before the last is full, where no total would tell that rows of it are missing."""
    wanted = paging.size or max(1, len(page.rows))
    if not paging.total and len(page.rows) != wanted:
        raise Moved(f"a page before the last has {len(page.rows)} rows and not {paging.size or 'any'}")


def _size(paging: Paging) -> Parameters:
    if isinstance(paging, Single) or not paging.size_parameter:
        return {}
    return {paging.size_parameter: paging.size}


def _joined(url: str, link: str) -> str:
    try:
        joined = urljoin(url, link).partition("#")[0]
        _origin(joined)
    except ValueError:
        raise Refused("its next page has no address that can be read") from None
    return joined


def _origin(url: str) -> tuple[str, str | None, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
