"""Requests to a service: one connection kept alive, waits that end, answers that are not too long, tries that back off.

Only here does a service's answer cross the network. A request that brought no data is sent again after a pause; what
the service says of our request (4xx) is final. Reasons quote no address, no body and no header, so no credential.
Source: RFC 9110 (status codes, ``Retry-After``).
"""

from __future__ import annotations

import email.utils
import logging
import random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import httpx

from creditlake.connectors.endpoint import Endpoint
from creditlake.connectors.service_spec import Limits

log = logging.getLogger(__name__)
T = TypeVar("T")
_GIVEN = frozenset({200, 201})
_AGAIN = frozenset({408, 429})
"""The only answers of the kind 4xx that may be others the next time; a 401 is the sign-in's."""


class Refused(Exception):
    """A service will not give us its rows, or not in this pull; asking again is of no use."""


class NoData(Exception):
    """One answer was no data; the next may be.

    Attributes:
        pause: Seconds the service wants us to wait; None where it says nothing.
    """

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.pause = pause


@dataclass(frozen=True, slots=True)
class Ask:
    """One request.

    Attributes:
        url: The whole address with its query.
        form: Whether the body is a form; else it is JSON.
    """

    method: str
    url: str
    body: bytes = b""
    form: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, whole."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def what(self) -> str:
        """What came, without a word of it."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip() or "no content type"
        return f"status {self.status}, {kind}, {len(self.body)} bytes"


class SignIn(Protocol):
    """How requests say who asks."""

    def headers(self, ask: Ask) -> Mapping[str, str]:
        """Return the headers that go with a request."""

    def renew(self) -> bool:
        """Get what a 401 asks for; return whether there is anything new to try."""


class Calls:
    """One connection to a service, with the patience that the contract grants it."""

    def __init__(self, endpoint: Endpoint, limits: Limits, chance: random.Random) -> None:
        self._connection = endpoint.connection
        self._limits = limits
        self._chance = chance
        self._received = 0
        self._end = time.monotonic() + limits.pull.total_seconds()
        try:
            trusted = ssl.create_default_context(cafile=endpoint.extra.get("ca_file"))
        except OSError as error:
            raise Refused(f"the ca_file of its connection cannot be read ({type(error).__name__})") from None
        # the transport and not the client: no redirect is followed, no cookie kept, no address logged, no proxy guessed
        self._transport = httpx.HTTPTransport(verify=trusted, trust_env=False)

    def begin(self) -> None:
        """Begin a pull: its time runs from now."""
        self._end = time.monotonic() + self._limits.pull.total_seconds()

    def begin_reading(self) -> None:
        """Begin one reading of a dataset: the sum of its answers counts from here."""
        self._received = 0

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def fetch(self, ask: Ask, read: Callable[[Reply], T], sign_in: SignIn | None = None) -> T:
        """Ask until an answer can be read, and return what was read of it.

        Args:
            read: Raises ``NoData`` when the answer holds none.

        Raises:
            Refused: the service says no, the answers stay no data, or the time of the pull is over.
        """
        tries = self._limits.tries
        for count in range(1, tries + 1):
            try:
                return read(self._answer(ask, sign_in))
            except NoData as problem:
                if count == tries:
                    raise Refused(f"{problem}, in {tries} tries") from None
                log.warning("%s, try %d of %d: %s", self._connection, count, tries, problem)
                self.wait(count, problem.pause)
        raise AssertionError("unreachable: the last try returns or raises")

    def wait(self, count: int, asked: float | None = None) -> None:
        """Wait before what comes after the ``count``-th failure; Refused where the time of the pull would not do."""
        longest = self._limits.longest_pause.total_seconds()
        grown = min(longest, self._limits.first_pause.total_seconds() * 2.0 ** min(count - 1, 40))
        pause = min(longest, asked) if asked is not None else grown * self._chance.uniform(0.5, 1)
        if time.monotonic() + pause > self._end:
            raise Refused(f"the time of a pull, {self._limits.pull}, is over")
        time.sleep(pause)

    def _answer(self, ask: Ask, sign_in: SignIn | None) -> Reply:
        reply = self._send(ask, sign_in)
        if reply.status == 401 and sign_in is not None and sign_in.renew():
            reply = self._send(ask, sign_in)
        if reply.status in _GIVEN:
            return reply
        if reply.status in _AGAIN or reply.status >= 500:
            raise NoData(f"it answered {reply.what}", _pause_asked(reply.headers))
        if 300 <= reply.status < 400:
            raise Refused(f"it sends us elsewhere ({reply.what}), and redirects are not followed")
        raise Refused(f"it refused us ({reply.what})")

    def _send(self, ask: Ask, sign_in: SignIn | None) -> Reply:
        """Send one request and return the whole answer, whatever its status."""
        signed = replace(ask, headers={**ask.headers, **sign_in.headers(ask)}) if sign_in else ask
        left = self._end - time.monotonic()
        if left <= 0:
            raise Refused(f"the time of a pull, {self._limits.pull}, is over")
        connect, read = (min(left, wait.total_seconds()) for wait in (self._limits.connect, self._limits.read))
        try:
            response = self._transport.handle_request(_request(signed, connect, read))
            try:
                return Reply(response.status_code, response.headers, self._whole(response))
            finally:
                response.close()
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Refused(f"the connection names no address of a service ({type(error).__name__})") from None
        except httpx.RequestError as error:
            raise NoData(_broke(error, self._limits)) from None

    def _whole(self, response: httpx.Response) -> bytes:
        """Read a body as it comes, so that neither its length nor its slowness is the service's to choose."""
        chunks: list[bytes] = []
        length = 0
        for chunk in response.iter_bytes():
            length += len(chunk)
            if length > self._limits.page:
                raise Refused(f"one answer is larger than {self._limits.page} bytes")
            if self._received + length > self._limits.total:
                raise Refused(f"its answers are together larger than {self._limits.total} bytes")
            if time.monotonic() > self._end:
                raise Refused(f"the time of a pull, {self._limits.pull}, is over")
            chunks.append(chunk)
        self._received += length
        return b"".join(chunks)


def base_of(endpoint: Endpoint) -> str:
    """Return the beginning of all addresses of a service: scheme, host, port, and a path where the host holds one.

    Raises:
        Refused: the connection names no such thing.
    """
    host = endpoint.host if "://" in endpoint.host else f"{endpoint.database or 'https'}://{endpoint.host}"
    try:
        parts = urlsplit(host)
        port = f":{endpoint.port}" if endpoint.port and parts.port is None else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
        raise Refused("its host is no address like https://api.example.cn")
    return f"{parts.scheme}://{parts.netloc}{port}{parts.path.rstrip('/')}"


def _request(ask: Ask, connect: float, read: float) -> httpx.Request:
    headers = {"accept": "application/json", "accept-encoding": "gzip", "user-agent": "creditlake", **ask.headers}
    if ask.body:
        headers["content-type"] = "application/x-www-form-urlencoded" if ask.form else "application/json"
    waits = {"connect": connect, "read": read, "write": read, "pool": connect}
    return httpx.Request(ask.method, ask.url, headers=headers, content=ask.body, extensions={"timeout": waits})


def _pause_asked(headers: httpx.Headers) -> float | None:
    """Return the seconds of ``Retry-After``; a moment is counted from the answer's own ``Date``."""
    asked = headers.get("retry-after", "").strip()
    if asked.isdecimal():
        return float(asked)
    try:
        moments = [email.utils.parsedate_to_datetime(text) for text in (asked, headers.get("date", ""))]
        seconds: float = (moments[0] - moments[1]).total_seconds()
        return max(0.0, seconds)
    except (ValueError, TypeError):
        return None


def _broke(error: httpx.RequestError, limits: Limits) -> str:
    match error:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return f"it cannot be reached within {limits.connect}"
        case httpx.TimeoutException():
            return f"its answer stood still for {limits.read}"
        case httpx.ConnectError():
            return f"it cannot be reached: {error}"
        case httpx.DecodingError():
            return "its answer cannot be unpacked"
        case _:
            return f"the connection broke before the answer was whole ({type(error).__name__})"
