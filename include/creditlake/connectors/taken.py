"""What a source offers, and what of it was pulled before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Increment:
    """One file's worth of a source, to be pulled.

    Attributes:
        name: The name of the file it becomes.
        source: What of the source it is about (``files.Position``).
        offered: How far the source says it goes.
    """

    dataset: str
    name: str
    source: str
    offered: str


@dataclass(frozen=True, slots=True)
class Taken:
    """One earlier pull.

    Attributes:
        source, reached: See ``files.Position``.
        place: Gives the file with its bytes; where an object store keeps them, it is fetched then.
        is_accepted: Whether its batch was; of one that waits nobody knows yet.
        waits: Whether it waits in the inbox.
    """

    dataset: str
    source: str
    reached: str
    place: Callable[[], Path]
    is_accepted: bool = True
    waits: bool = False

    @property
    def file(self) -> Path:
        """The file with its bytes."""
        return self.place()
