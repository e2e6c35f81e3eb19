"""Why a file is refused as a whole."""

from __future__ import annotations

from typing import Literal

Code = Literal[
    "zero_bytes",
    "html",
    "undecodable",
    "missing_header",
    "unknown_header",
    "truncated",
    "zip_bomb",
    "zip_path",
    "bad_archive",
    "unknown_format",
    "unknown_dataset",
    "too_few_rows",
    "agreement",
    "bad_correction",
]


class Refusal(Exception):
    """A file, or one member of an archive, cannot be taken; nothing of it goes further.

    Attributes:
        code: The reason's code, one of the list in docs/architecture.md.
        rows: How many rows it had, 0 where they could not be counted.
    """

    def __init__(self, code: Code, message: str, rows: int = 0) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.rows = rows

    def told(self, where: str) -> str:
        """Return ``<code>: <where><message>``: the ledger's reason, which names feed and file."""
        return f"{self.code}: {where}{self.message}"
