"""Bounds that people moved: who, why and when, one file a move in ``<lake>/watch/moves/``, never changed.

Files and no table: a decision of a person is in no delivery, so a rebuild of the lake from bronze could not bring it
back. A back-up holds them.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Literal, get_args

from creditlake.lake import LakePaths
from creditlake.watch.spec import Watch

Bound = Literal["due", "least", "most", "memory", "quiet_until", "schema"]
HASH = re.compile(r"[0-9a-f]{12}")
_READERS: dict[Bound, Callable[[str], Any]] = {
    "due": int,
    "least": float,
    "most": float,
    "memory": int,
    "quiet_until": date.fromisoformat,
    "schema": str,
}


class MoveDamaged(RuntimeError):
    """A file of a moved bound cannot be read; which bounds are in force is not known."""


@dataclass(frozen=True, slots=True)
class Move:
    """One bound of one dataset, moved.

    Attributes:
        bound: ``due``, ``least``, ``most`` and ``memory`` as in the contract; ``quiet_until``: a day up to which
            silence is not told; ``schema``: the hash of the header that is right from now on.
        to: The new value, as text.
        by, reason: Who answers for it, and why.
        as_of: First business date at which it holds.
        at: The instant at which it was moved, ISO 8601.

    Raises:
        ValueError: the value cannot be one of this bound, or who or why is missing.
    """

    feed: str
    dataset: str
    bound: Bound
    to: str
    by: str
    reason: str
    as_of: date
    at: str

    def __post_init__(self) -> None:
        if self.bound not in get_args(Bound):
            raise ValueError(f"{self.bound!r} is no bound; there are {', '.join(get_args(Bound))}")
        if not self.by.strip() or not self.reason.strip():
            raise ValueError("a bound is moved by somebody and for a reason")
        Bounds().moved(self)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of one dataset that are in force; see ``Watch`` and ``Move``."""

    due: int = 0
    least: float = 0.6
    most: float = 1.8
    memory: int = 6
    quiet_until: date | None = None
    schema: str | None = None

    def __post_init__(self) -> None:
        if self.due < 0 or self.memory < 1 or not 0 <= self.least < 1 < self.most:
            raise ValueError("due is at least 0, memory at least 1, and least < 1 < most")
        if self.schema is not None and not HASH.fullmatch(self.schema):
            raise ValueError(f"{self.schema!r} is no hash of a header, 12 characters as 'watch list' shows it")

    def moved(self, move: Move) -> Bounds:
        """Return the bounds after a move."""
        made: dict[str, Any] = {move.bound: _READERS[move.bound](move.to)}
        return replace(self, **made)


def bounds_in_force(watch: Watch, moves: Iterable[Move], as_of: date) -> Bounds:
    """Return a dataset's bounds at a business date: the contract's, and over them its moves up to then, in order."""
    bounds = Bounds(due=watch.due, least=watch.least, most=watch.most, memory=watch.memory)
    for move in moves:
        if move.as_of <= as_of:
            bounds = bounds.moved(move)
    return bounds


def write_move(paths: LakePaths, move: Move) -> Path:
    """Keep a move for good and return its file; of two at once each gets a number of its own."""
    folder = _folder(paths)
    folder.mkdir(parents=True, exist_ok=True)
    document = json.dumps(asdict(move) | {"as_of": move.as_of.isoformat()}, ensure_ascii=False, indent=1)
    with NamedTemporaryFile("w", encoding="utf-8", dir=folder, suffix=".partial") as partial:
        partial.write(document)
        partial.flush()
        os.fsync(partial.fileno())
        return _numbered(folder, Path(partial.name))


def _numbered(folder: Path, partial: Path) -> Path:
    number = len(list(folder.glob("*.json")))
    while True:
        number += 1
        target = folder / f"{number:06d}.json"
        try:
            os.link(partial, target)
        except FileExistsError:
            continue
        return target


def read_moves(paths: LakePaths) -> list[Move]:
    """Return every move, the oldest first.

    Raises:
        MoveDamaged: one of them cannot be read; the message names its file.
    """
    return [_read(path) for path in sorted(_folder(paths).glob("*.json"))]


def moves_of(moves: Iterable[Move], feed: str, dataset: str) -> list[Move]:
    """Return the moves of one dataset, in order."""
    return [move for move in moves if (move.feed, move.dataset) == (feed, dataset)]


def _read(path: Path) -> Move:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return Move(**document | {"as_of": date.fromisoformat(document["as_of"])})
    except (ValueError, TypeError, KeyError) as error:
        raise MoveDamaged(f"{path} is no moved bound: {error}") from error


def _folder(paths: LakePaths) -> Path:
    return paths.root / "watch" / "moves"
