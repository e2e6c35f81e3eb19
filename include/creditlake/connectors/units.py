"""Spans of time and sizes as a contract writes them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

_SPAN = re.compile(r"([0-9]+)(s|m|h|d)")
_SIZE = re.compile(r"([0-9]+)(KiB|MiB|GiB)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SIZES = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def span(text: Any) -> timedelta:
    """Return a span of time written like ``90s``, ``30m``, ``2h`` or ``1d``; ValueError when it is none."""
    found = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f"{text!r} is no span of time like 90s, 30m, 2h or 1d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def size(text: Any) -> int:
    """Return a size in bytes written like ``500KiB``, ``200MiB`` or ``20GiB``; ValueError when it is none."""
    found = _SIZE.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f"{text!r} is no size like 500KiB, 200MiB or 20GiB")
    return int(found[1]) * _SIZES[found[2]]
