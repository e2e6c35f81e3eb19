"""An agency's service: HTTP requests that answer with pages of JSON.

A pull ends complete or not at all: every page came, they fit together, and the service itself has said that there are
no more. Otherwise it is a ``SourceFailed`` that says why; it quotes no row and no credential.
Source: GB/T 39443 (exchange of public-credit information through services).
"""

from __future__ import annotations

import contextlib
import logging
import random
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from creditlake.connectors.endpoint import Endpoint, SourceFailed
from creditlake.connectors.service_answers import Page
from creditlake.connectors.service_auth import sign_in
from creditlake.connectors.service_calls import Calls, Refused, SignIn, base_of
from creditlake.connectors.service_pages import Moved, Pages, Parameters
from creditlake.connectors.service_rows import Changed, Columns, RowFile, Window
from creditlake.connectors.service_spec import Service, ServicePull
from creditlake.connectors.service_times import write_time
from creditlake.connectors.taken import Increment, Taken
from creditlake.contracts import Dataset, Feed

log = logging.getLogger(__name__)
CHUNK_BYTES = 1 << 20


class ServiceConnector:
    """One feed's datasets behind one service."""

    def __init__(self, feed: Feed, spec: Service, endpoint: Endpoint, as_of: date) -> None:
        self._feed = feed
        self._spec = spec
        self._endpoint = endpoint
        self._as_of = as_of
        self._end = datetime.combine(as_of + timedelta(days=1), datetime.min.time())
        self._opened: tuple[Calls, SignIn] | None = None

    def increments(self, taken: Sequence[Taken]) -> list[Increment]:
        """Return one increment a dataset: only the pull itself tells whether there is anything new."""
        day = f"{self._as_of:%Y%m%d}"
        return [
            Increment(dataset.name, f"{dataset.name}-to-{day}.jsonl", "", str(self._as_of))
            for dataset in self._feed.datasets
        ]

    def pull(self, increment: Increment, taken: Sequence[Taken], target: Path) -> str | None:
        """Write the rows that earlier pulls did not bring; return the position reached, None without any.

        Raises:
            SourceFailed: the service cannot be reached, refuses us, or its pages never fitted together.
        """
        dataset = self._feed.dataset(increment.dataset)
        pull = _pull(dataset)
        before = [one for one in taken if one.is_accepted and one.dataset == dataset.name]
        with self._told(dataset):
            if not pull.changed:
                rows = self._read(pull, Window(self._end, columns=_columns(dataset, pull)), target)
                return increment.offered if rows.written and _is_news(target, [one.file for one in before]) else None
            window = self._window(dataset, pull, before)
            if window.start is not None and window.start >= self._end:
                return None
            rows = self._read(pull, window, target)
            if rows.latest is None:
                return None
            return str(max([rows.latest, *(_reached(one) for one in before)]))

    def sample(self, dataset: str, rows: int, folder: Path) -> Path | None:
        """Write up to so many rows of the first pages; return the file, None when there are none.

        Raises:
            SourceFailed: as ``pull``.
        """
        wanted = self._feed.dataset(dataset)
        target = folder / f"{dataset}-sample.jsonl"
        with self._told(wanted), open(target, "wb") as file:
            pull = _pull(wanted)
            written = RowFile(file, Window(self._end, columns=_columns(wanted, pull)))
            calls, signing = self._line()
            calls.begin()
            for page in Pages(pull, base_of(self._endpoint), calls, signing).read({}):
                written.add(page.rows[: rows - written.written])
                if written.written >= rows:
                    break
        return target if written.written else None

    def close(self) -> None:
        """Hang up."""
        if self._opened is not None:
            calls, _ = self._opened
            calls.close()
            self._opened = None

    def _line(self) -> tuple[Calls, SignIn]:
        """Return the connection and how it signs in, made when they are first needed."""
        if self._opened is None:
            calls = Calls(self._endpoint, self._spec.limits, random.Random(self._feed.name))
            self._opened = calls, sign_in(self._spec.auth, self._endpoint, calls)
        return self._opened

    @contextlib.contextmanager
    def _told(self, dataset: Dataset) -> Iterator[None]:
        """Raise what went wrong as ``SourceFailed``, without a secret."""
        try:
            yield
        except (Refused, Moved) as problem:
            said = self._endpoint.hidden(str(problem))
            place = f"{self._endpoint.place}, {_pull(dataset).path}"
            raise SourceFailed(f"{self._feed.name}.{dataset.name}, {place}: {said}") from None

    def _window(self, dataset: Dataset, pull: ServicePull, before: Sequence[Taken]) -> Window:
        columns = _columns(dataset, pull)
        landed = Changed(columns.kept(pull.changed) if columns else pull.changed, pull.times)
        window = Window(self._end, Changed(pull.changed, pull.times), landed, columns)
        if not before:
            return window
        start = max(_reached(one) for one in before).replace(microsecond=0) - pull.overlap
        return replace(window, start=start, before=[one.file for one in before if _reached(one) >= start])

    def _bounds(self, pull: ServicePull, window: Window) -> Parameters:
        bounds: dict[str, str] = {}
        if window.start is not None:
            bounds[pull.since] = write_time(window.start, pull.times)
        if pull.until:
            bounds[pull.until] = write_time(window.end, pull.times)
        return bounds

    def _read(self, pull: ServicePull, window: Window, target: Path) -> RowFile:
        """Read a dataset into a file until one reading fits together.

        Raises:
            Refused: none did, or the service says no.
        """
        calls, signing = self._line()
        calls.begin()
        pages = Pages(pull, base_of(self._endpoint), calls, signing)
        bounds = self._bounds(pull, window)
        readings = self._spec.limits.readings
        seen: array[int] | None = None
        for count in range(1, readings + 1):
            try:
                rows = _written(pages.read(bounds), window, target)
                if not rows.has_alike() or (pull.alike and rows.hashes == seen):
                    return rows
                seen = rows.hashes
                raise Moved("rows that are alike letter by letter came on two pages")
            except Moved as problem:
                if count == readings:
                    raise Refused(f"{problem}, in {readings} readings") from None
                log.warning("%s, reading %d of %d: %s", self._endpoint.connection, count, readings, problem)
                calls.wait(count)
        raise AssertionError("unreachable: the last reading returns or raises")


def _written(pages: Iterator[Page], window: Window, target: Path) -> RowFile:
    with open(target, "wb") as file:
        rows = RowFile(file, window)
        for page in pages:
            rows.add(page.rows)
    return rows


def _is_news(file: Path, before: Sequence[Path]) -> bool:
    """Return whether a file of all rows says anything else than the last one did.

    What was said before that and taken back since is news again. The lake knows a file by its bytes, so one empty line
    for every earlier time tells it apart; readers pass over those.
    """
    size = file.stat().st_size
    near = [one for one in before if 0 <= one.stat().st_size - size <= len(before)]
    same = [one for one in near if _begins_with(one, file)]
    if before and before[-1] in same:
        return False
    with open(file, "ab") as lines:
        lines.write(b"\n" * len(same))
    return True


def _begins_with(longer: Path, file: Path) -> bool:
    """Return whether one file is another and empty lines after it."""
    with open(longer, "rb") as whole, open(file, "rb") as part:
        while chunk := part.read(CHUNK_BYTES):
            if whole.read(len(chunk)) != chunk:
                return False
        return not whole.read().strip(b"\n")


def _pull(dataset: Dataset) -> ServicePull:
    assert isinstance(dataset.pull, ServicePull)
    return dataset.pull


def _columns(dataset: Dataset, pull: ServicePull) -> Columns | None:
    return Columns(dataset.column_names, pull.columns) if pull.columns else None


def _reached(one: Taken) -> datetime:
    return datetime.fromisoformat(one.reached)
