"""What a contract says of a service (HTTP, JSON): how to sign in, how it pages, how long to wait for it.

An unknown or missing key is a ``TypeError``, an unknown value a ``ValueError``.
Source: GB/T 39443 (exchange through services); RFC 9110 (``Retry-After``), RFC 8288 (``Link``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, get_args

from creditlake.connectors.units import size, span

Method = Literal["GET", "POST"]
TimeForm = Literal["text", "iso", "compact", "seconds", "milliseconds"]
HEADER = "header:"
"""How a total begins that stands in a header of the answer and not in its document."""


@dataclass(frozen=True, slots=True)
class NoAuth:
    """Whoever reaches the service may read."""


@dataclass(frozen=True, slots=True)
class Basic:
    """Login and password with every request."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A lasting token: the connection's password, or ``token`` in its extra.

    Attributes:
        header: Where it is sent; in ``Authorization`` it is called a Bearer, elsewhere it stands alone.
    """

    header: str = "Authorization"


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """A token that login and password buy, and that ends.

    Attributes:
        path: Where it is asked for, by POST.
        login, password: What the service calls these two.
        token, expires: Where in the answer the token and its seconds lie; a token without an end is renewed at a 401.
        form: Whether the service wants a form and no JSON.
    """

    path: str
    login: str = "username"
    password: str = "password"
    token: str = "access_token"
    expires: str = "expires_in"
    header: str = "Authorization"
    form: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """Every request is signed with the password; the login says by whom (``service_auth.canonical``)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often a service is asked, and how much it may answer.

    Attributes:
        connect, read: Longest wait for a connection, and longest silence of an answer.
        pull: Longest time of the pull of one dataset.
        page, total: Largest answer, and largest sum of the answers of one reading, in bytes.
        tries: How often one request is sent; 4xx are final but 401 (a new token, once), 408 and 429.
        readings: How often a dataset is read from its beginning, when it moved under the reading.
        first_pause, longest_pause: Before the second try, then twice as long each time, by chance up to half shorter;
            a service that names its own pause (``Retry-After``) waits so long, and never longer than the longest.
    """

    connect: timedelta = timedelta(seconds=10)
    read: timedelta = timedelta(seconds=60)
    pull: timedelta = timedelta(hours=2)
    page: int = 64 << 20
    total: int = 16 << 30
    tries: int = 6
    readings: int = 3
    first_pause: timedelta = timedelta(seconds=1)
    longest_pause: timedelta = timedelta(minutes=5)

    def __post_init__(self) -> None:
        if min(self.tries, self.readings, self.page, self.total) < 1:
            raise ValueError("limits: tries, readings, page and total are 1 at least")


Auth = NoAuth | Basic | Bearer | TokenEndpoint | Signed


@dataclass(frozen=True, slots=True)
class Service:
    """The agency answers requests. The connection's host may hold the scheme and the beginning of all paths.

    Attributes:
        kind: ``http``; TLS or not is the connection's matter (its ``schema``, https where it is empty).
    """

    kind: str
    connection: str
    auth: Auth = NoAuth()
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Single:
    """One answer holds everything.

    Attributes:
        total: Where the answer says how many rows there are: a path, or ``header:`` and a name.
    """

    total: str = ""


@dataclass(frozen=True, slots=True)
class Numbered:
    """Pages are numbered. The end must be said: by the number of rows, of pages, or both.

    Attributes:
        parameter: What the number of the page is called in the request.
        first: Number of the first page.
        size_parameter, size: What the number of rows a page is called, and how many are asked for.
        total, pages: Where the answer says how many rows, and how many pages, there are.
        echo: Where the answer says which page it is.
    """

    parameter: str = "page"
    first: int = 1
    size_parameter: str = ""
    size: int = 0
    total: str = ""
    pages: str = ""
    echo: str = ""

    def __post_init__(self) -> None:
        if not self.total and not (self.pages and self.size):
            raise ValueError("paging: name total, or pages and size: without them nobody knows that the last page came")
        _size_is_whole(self.size_parameter, self.size)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Each page says how to ask for the next one. Without ``total``, a page before the last is full; it is never empty.

    Attributes:
        size_parameter, size, total: See ``Numbered``.
        parameter: What the cursor is called in the request.
        next: Where in the answer the next cursor lies; null or empty on the last page. Where it is left out there,
            ``total`` or ``more`` must be named.
        more: Where the answer says, true or false, whether there is a next page.
    """

    next: str
    parameter: str = "cursor"
    more: str = ""
    size_parameter: str = ""
    size: int = 0
    total: str = ""

    def __post_init__(self) -> None:
        _size_is_whole(self.size_parameter, self.size)


@dataclass(frozen=True, slots=True)
class Link:
    """Each page holds the address of the next one, on the same server; see ``Cursor``.

    Attributes:
        next: Where in the answer it lies; empty: in the header ``Link`` with ``rel="next"``.
    """

    next: str = ""
    size_parameter: str = ""
    size: int = 0
    total: str = ""

    def __post_init__(self) -> None:
        _size_is_whole(self.size_parameter, self.size)


Paging = Single | Numbered | Cursor | Link


@dataclass(frozen=True, slots=True)
class ServicePull:
    """How the rows of one dataset are asked for. Without ``changed`` every pull brings all of them.

    Attributes:
        path: Path of the service.
        rows: Where in the answer the list of rows lies, like ``data.list``; empty when the answer is the list.
        query: What is said with every request.
        method: With POST, what would stand in the query is the JSON body.
        ok: What an answer must hold to be one, like ``{code: 0}``; an error may come with status 200.
        changed: The field of a row with its time of change, in Beijing time where it names no zone.
        since, until: What the service calls the bounds of the time of change; the second is the end of the business
            day.
        overlap: How far before the last pull it begins, for rows that were committed late; those that came before
            are left out. At least one second: nobody knows whether ``since`` means that moment too.
        times: How the service writes times: ``text`` (2026-10-31 08:00:00), ``iso`` (with T and zone), ``compact``
            (20261031080000), ``seconds`` or ``milliseconds`` since 1970.
        columns: The service's name of a column that the contract calls otherwise. Where any is named, only columns of
            the contract are kept, their values as they were sent; the time of change must be one of them.
        alike: Whether the service may hold rows that are alike letter by letter. Otherwise such rows on two pages
            mean that the pages moved; with it, two readings must agree.
    """

    path: str
    rows: str
    paging: Paging = Single()
    query: Mapping[str, str | int] = field(default_factory=dict)
    method: Method = "GET"
    ok: Mapping[str, str | int | bool] = field(default_factory=dict)
    changed: str = ""
    since: str = ""
    until: str = ""
    overlap: timedelta = timedelta(0)
    times: TimeForm = "text"
    columns: Mapping[str, str] = field(default_factory=dict)
    alike: bool = False

    def __post_init__(self) -> None:
        if not all(isinstance(part, Mapping) for part in (self.query, self.ok, self.columns)):
            raise TypeError("pull: query, ok and columns are mappings")
        if not self.path.startswith("/"):
            raise ValueError(f"pull: {self.path!r} is no path like /v1/decisions")
        if self.method not in get_args(Method) or self.times not in get_args(TimeForm):
            raise ValueError(f"pull: method is one of {get_args(Method)}, times one of {get_args(TimeForm)}")
        if bool(self.changed) != bool(self.since) or (self.until and not self.since):
            raise ValueError("pull: changed and since belong together, and until to them")
        if bool(self.since) != (self.overlap >= timedelta(seconds=1)):
            raise ValueError("pull: an overlap of 1s or more belongs to since, and to nothing else")
        if isinstance(self.paging, Link) and self.method == "POST":
            raise ValueError("pull: links are followed by GET")
        for place in self.places:
            others = [self.rows, *(other for other in self.places if other != place)]
            if any(_is_inside(place, other) for other in others) or (self.rows and _is_inside(self.rows, place)):
                raise ValueError(f"pull: {place!r} lies inside of another place of the answer that is named, or around")

    @property
    def places(self) -> tuple[str, ...]:
        """Where in the answer something is read beside the rows."""
        paging = self.paging
        told: list[str] = ["" if paging.total.startswith(HEADER) else paging.total, *self.ok]
        told += [paging.pages, paging.echo] if isinstance(paging, Numbered) else []
        told += [paging.next] if isinstance(paging, Cursor | Link) else []
        told += [paging.more] if isinstance(paging, Cursor) else []
        return tuple(place for place in dict.fromkeys(told) if place)


_AUTHS: dict[str, Callable[..., Auth]] = {
    "none": NoAuth, "basic": Basic, "bearer": Bearer, "token": TokenEndpoint, "signed": Signed,
}  # fmt: skip
_PAGINGS: dict[str, Callable[..., Paging]] = {"single": Single, "page": Numbered, "cursor": Cursor, "link": Link}
_LIMITS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("connect", "read", "pull", "first_pause", "longest_pause"), span), "page": size, "total": size,
}  # fmt: skip


def service_of(**entry: Any) -> Service:
    """Return the service that a contract's entry names; TypeError or ValueError when it is wrong."""
    made: dict[str, Any] = dict(entry)
    if "auth" in entry:
        made["auth"] = _one_of("auth", _AUTHS, entry["auth"])
    if "limits" in entry:
        if not isinstance(entry["limits"], Mapping):
            raise TypeError(f"limits: {entry['limits']!r} is no mapping")
        read = {name: _LIMITS[name](value) for name, value in entry["limits"].items() if name in _LIMITS}
        made["limits"] = Limits(**{**entry["limits"], **read})
    return Service(**made)


def service_pull_of(**entry: Any) -> ServicePull:
    """Return how a dataset is asked for; TypeError or ValueError when the contract's entry is wrong."""
    paging = {"paging": _one_of("paging", _PAGINGS, entry["paging"])} if "paging" in entry else {}
    return ServicePull(**{**entry, **paging})


def _one_of(name: str, kinds: Mapping[str, Callable[..., Any]], entry: Any) -> Any:
    if not isinstance(entry, Mapping) or entry.get("kind") not in kinds:
        raise ValueError(f"{name}: {entry!r} is no mapping whose kind is one of {', '.join(kinds)}")
    return kinds[entry["kind"]](**{key: value for key, value in entry.items() if key != "kind"})


def _is_inside(place: str, other: str) -> bool:
    return not other or f"{place}.".startswith(f"{other}.")


def _size_is_whole(parameter: str, number: int) -> None:
    if parameter and number < 1:
        raise ValueError(f"paging: size_parameter {parameter!r} needs a size of 1 or more")
