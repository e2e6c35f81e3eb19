"""One answer of a service as a page: its rows as they were sent, and what it says of itself.

The contract says where in the answer things lie, so an answer is decoded in one go by a type made from those places;
rows stay the bytes that came. Whatever is not as the contract says is no data. Reasons quote nothing of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from creditlake.connectors.service_calls import NoData, Reply
from creditlake.connectors.service_spec import HEADER, Cursor, Link, Numbered, ServicePull

_BOM = b"\xef\xbb\xbf"
_CHARSET = re.compile(r"charset\s*=\s*\"?([\w-]+)", re.IGNORECASE)
_DIGITS = 18
_CHINESE = frozenset({"gbk", "gb2312", "gb18030"})
_RELATIONS = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w!#$&+^`|~*-]+\s*=\s*(?:\"[^\"]*\"|[^\s\",;]+))*)")
_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))", re.IGNORECASE)


Ways = dict[str, tuple[str, ...]]
"""Of each place in an answer the fields that lead to it."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        rows: Each row's own bytes.
        total, pages: How many rows and pages there are in all; None where the answer does not say.
        next: The next cursor or address; None at the end.
        is_end_said: Whether the answer itself says that there is no next page.
    """

    rows: Sequence[msgspec.Raw]
    total: int | None = None
    pages: int | None = None
    next: str | int | None = None
    is_end_said: bool = False


class Answers:
    """How the answers of one dataset are read."""

    def __init__(self, pull: ServicePull) -> None:
        self._pull = pull
        paging = pull.paging
        self._total = paging.total
        self._pages = paging.pages if isinstance(paging, Numbered) else ""
        self._echo = paging.echo if isinstance(paging, Numbered) else ""
        self._next = paging.next if isinstance(paging, Cursor | Link) else ""
        self._more = paging.more if isinstance(paging, Cursor) else ""
        rows = list[msgspec.Raw] | None
        self._ways: Ways = {}
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(
            _made({**dict.fromkeys(pull.places, Any), pull.rows: rows}, self._ways) if pull.rows else rows
        )

    def page(self, reply: Reply, number: int | None = None) -> Page:
        """Return an answer as a page.

        Args:
            number: The number that was asked for; None where pages have none.

        Raises:
            NoData: it is none.
        """
        answer = self._decoded(reply)
        for path, wanted in self._pull.ok.items():
            if str(self._said(answer, path)) != str(wanted):
                raise NoData(f"its {path} says that the answer is none ({reply.what})")
        if self._echo and _count(self._said(answer, self._echo), self._echo) != number:
            raise NoData(f"it answered with another page than the one it was asked for ({reply.what})")
        total = self._in_all(answer, reply)
        rows = self._said(answer, self._pull.rows) if self._pull.rows else answer
        if not isinstance(rows, list) and total != 0:
            raise NoData(f"there is no list {self._pull.rows or 'of rows'} in its answer ({reply.what})")
        pages = _count(self._said(answer, self._pages), self._pages) if self._pages else None
        following, is_end_said = self._following(answer, reply)
        return Page(rows if isinstance(rows, list) else [], total, pages, following, is_end_said)

    def _decoded(self, reply: Reply) -> Any:
        try:
            return self._decoder.decode(_utf8(reply))
        except msgspec.ValidationError as error:
            raise NoData(f"its answer is not as the contract says: {error} ({reply.what})") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            kind = "HTML" if reply.body.lstrip()[:1] == b"<" else "no JSON"
            raise NoData(f"its answer is {kind} ({reply.what})") from None

    def _said(self, answer: Any, path: str) -> Any:
        """Return what an answer says at a place; UNSET where it says nothing."""
        for step in self._ways[path]:
            answer = getattr(answer, step, msgspec.UNSET)
        return answer

    def _in_all(self, answer: Any, reply: Reply) -> int | None:
        if not self._total:
            return None
        if self._total.startswith(HEADER):
            return _count(reply.headers.get(self._total.removeprefix(HEADER)), self._total)
        return _count(self._said(answer, self._total), self._total)

    def _following(self, answer: Any, reply: Reply) -> tuple[str | int | None, bool]:
        """Return the next cursor or address, and whether the answer says that there is none."""
        match self._pull.paging:
            case Link(next=""):
                relations = _links(reply.headers.get("link", ""))
                return relations.get("next"), bool(relations) and "next" not in relations
            case Cursor() | Link():
                following = self._said(answer, self._next)
            case _:
                return None, False
        if self._more:
            more = self._said(answer, self._more)
            if not isinstance(more, bool) or (more and following in (msgspec.UNSET, None, "")):
                raise NoData(f"its {self._more} and {self._next} do not say how it goes on ({reply.what})")
            return (following, False) if more else (None, True)
        if following is msgspec.UNSET:
            return None, False
        if following is None or following == "":
            return None, True
        if not isinstance(following, str | int) or isinstance(following, bool):
            raise NoData(f"its {self._next} is neither a text nor a whole number ({reply.what})")
        return following, False


def _made(places: Mapping[str, Any], ways: Ways) -> type[msgspec.Struct]:
    """Return a type with a field for each place of an answer, and note the way to each."""
    tree: dict[str, Any] = {}
    for path, kind in places.items():
        *above, last = path.split(".")
        node = tree
        for name in above:
            node = node.setdefault(name, {})
        node[last] = kind
    return _struct(tree, (), (), ways)


def _struct(tree: Mapping[str, Any], path: tuple[str, ...], way: tuple[str, ...], ways: Ways) -> type[msgspec.Struct]:
    fields: list[tuple[str, Any, Any]] = []
    for number, (name, kind) in enumerate(tree.items()):
        step = f"f{number}"
        if isinstance(kind, dict):
            kind = _struct(kind, (*path, name), (*way, step), ways) | None
        else:
            ways[".".join((*path, name))] = (*way, step)
        fields.append((step, kind | msgspec.UnsetType, msgspec.field(default=msgspec.UNSET, name=name)))
    return msgspec.defstruct("Answer", fields)


def _count(value: Any, place: str) -> int:
    if isinstance(value, str) and value.isdecimal() and len(value) <= _DIGITS:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise NoData(f"its answer has no number at {place}")
    return value


def _utf8(reply: Reply) -> bytes:
    """Return a body in UTF-8: as it came, or from the Chinese encoding that its content type names."""
    charset = _CHARSET.search(reply.headers.get("content-type", ""))
    if charset and charset[1].lower() in _CHINESE:
        return reply.body.decode("gb18030").encode()
    body = reply.body.removeprefix(_BOM)
    body.decode()  # rows are not looked into, so nothing else would notice
    return body


def _links(header: str) -> dict[str, str]:
    """Return the addresses of a ``Link`` header by their relation."""
    found: dict[str, str] = {}
    for address, parameters in _RELATIONS.findall(header):
        for quoted, plain in _RELATION.findall(parameters):
            found.update((name.lower(), address) for name in (quoted or plain).split())
    return found
