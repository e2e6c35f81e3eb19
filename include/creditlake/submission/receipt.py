"""The receipt of a hand-over: what was handed up, what was left out and why, and from which batches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

RECEIPT = "receipt.json"


class BadReceipt(ValueError):
    """The file is no receipt of a hand-over."""


@dataclass(frozen=True, slots=True)
class Before:
    """What the platform was told before this hand-over.

    Attributes:
        day: The last day that the hand-over before covered.
        batches: By ``<feed>.<dataset>`` the ids of the batches that it knew; None where no receipt tells, and all that
            was delivered until ``day`` counts as handed up.
        receipt_sha256: Hash of that receipt, None without one.
    """

    day: date
    batches: Mapping[str, frozenset[str]] | None = None
    receipt_sha256: str | None = None

    @property
    def first_day(self) -> date:
        """The first day of the hand-over that follows."""
        return self.day + timedelta(days=1)


def before_day(first: date) -> Before:
    """Return what was told before a hand-over that begins on that day, when no receipt says."""
    return Before(first - timedelta(days=1))


def read_receipt(path: Path) -> Before:
    """Return what a hand-over had told by its end.

    Raises:
        FileNotFoundError: there is no such file.
        BadReceipt: it is no receipt.
    """
    content = path.read_bytes()
    try:
        document: dict[str, Any] = json.loads(content)
        return Before(
            day=date.fromisoformat(document["to"]),
            batches={entry["dataset"]: frozenset(entry["known_batches"]) for entry in document["datasets"]},
            receipt_sha256=hashlib.sha256(content).hexdigest(),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadReceipt(f"{path} is no receipt of a hand-over ({type(error).__name__}: {error})") from error
