"""What an exchange database must be able to do for us, whichever server it is."""

from __future__ import annotations

from typing import BinaryIO, Protocol

import psycopg2
import pymysql

CONNECT_SECONDS = 10
READ_SECONDS = 900
"""How long a server may say nothing: it sorts a large table before the first row comes."""
ERRORS = (psycopg2.Error, pymysql.MySQLError)
"""What the clients raise."""


class Session(Protocol):
    """A signed-in session that can only read, in Beijing time; every value comes as text."""

    def quote(self, name: str) -> str:
        """Quote a name."""

    def literal(self, text: str) -> str:
        """Write a text as a literal that the server reads as that text, whatever characters it holds."""

    def text(self, expression: str) -> str:
        """Return the expression for another as text."""

    def exact(self, expression: str) -> str:
        """Return the expression for the text of another, compared character by character; nothing is the empty text."""

    def time(self, expression: str) -> str:
        """Return the expression that reads another, a text, as a time."""

    def columns(self, table: str) -> dict[str, bool]:
        """Return the columns of a table, quoted already, each with whether it is a date or time."""

    def rows(self, query: str) -> list[tuple[str | None, ...]]:
        """Return the rows of a query that has few."""

    def write(self, query: str, file: BinaryIO, *, header: bool) -> int:
        """Write the rows of a query as CSV in constant memory; return how many there were."""

    def close(self) -> None:
        """Sign out."""


def quoted(name: str, mark: str) -> str:
    """Quote a name between marks; a mark inside it is doubled."""
    return mark + name.replace(mark, mark * 2) + mark
