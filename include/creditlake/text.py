"""Plain tables for terminals, Chinese characters take two places; and files that are written whole or not at all."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path


def say(text: object) -> None:
    """Write one answer to stdout."""
    sys.stdout.write(f"{text}\n")


def complain(text: object) -> None:
    """Write one reason to stderr."""
    sys.stderr.write(f"{text}\n")


def write_text(target: Path, text: str) -> None:
    """Write a file as a whole, the old one stays until then; a pipe or device is written to as it is."""
    if target.exists() and not target.is_file():
        target.write_bytes(text.encode())
        return
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(text.encode())
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows under a header, each column as wide as its widest cell; numbers stand right."""
    cells = [list(header), *([_text(value) for value in row] for row in rows)]
    numeric = [all(_is_number(row[place]) for row in cells[1:]) for place in range(len(header))]
    widths = [max(_width(row[place]) for row in cells) for place in range(len(header))]
    lines = [
        "  ".join(_pad(text, width, right) for text, width, right in zip(row, widths, numeric, strict=True)).rstrip()
        for row in cells
    ]
    return "\n".join(lines)


def _text(value: object) -> str:
    return "–" if value is None else str(value)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("-", "", 1).replace(",", "").isdigit() or text == "–"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, width: int, right: bool) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if right else text + blanks
