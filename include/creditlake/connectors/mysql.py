"""MySQL and MariaDB as an exchange database, by PyMySQL, which hands rows on as they come."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import pymysql
from pymysql.constants import FIELD_TYPE
from pymysql.converters import encoders
from pymysql.cursors import SSCursor

from creditlake.connectors.dialect import CONNECT_SECONDS, READ_SECONDS, quoted
from creditlake.connectors.endpoint import Endpoint

_TLS = {"ssl_ca": "ca", "ssl_cert": "cert", "ssl_key": "key"}
_TIMES = (FIELD_TYPE.DATE, FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP)


def _bits(data: bytes) -> str:
    return str(int.from_bytes(data, "big"))


def _shown(row: Sequence[str | bytes | None]) -> Sequence[str | bytes | None]:
    if bytes not in map(type, row):
        return row
    return ["\\x" + value.hex() if isinstance(value, bytes) else value for value in row]


def _described(cursor: SSCursor) -> list[tuple[str, int]]:
    """Return name and type of every column of a result."""
    columns: Any = cursor.description
    return [(name, kind) for name, kind, *_ in columns]


def _decoded(value: str | bytes | None) -> str | None:
    return value.decode() if isinstance(value, bytes) else value


_CONVERSIONS: dict[Any, Any] = {**encoders, FIELD_TYPE.BIT: _bits}
"""How values are written; the only kind that is read as anything but the server's text is bits."""


class MySQL:
    """A session; see ``dialect.Session``. TLS as the connection's extra says: ssl_ca, ssl_cert, ssl_key.

    Dates and numbers stay the text that the server sends, also a date of zeros; bits are a number, other bytes
    their hexadecimal digits after ``\\x``, as PostgreSQL has them.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        tls = {ours: endpoint.extra[name] for name, ours in _TLS.items() if name in endpoint.extra}
        self._connection: pymysql.Connection[Any] = pymysql.connect(
            host=endpoint.host or None,
            port=endpoint.port or 3306,
            unix_socket=endpoint.extra.get("unix_socket"),
            database=endpoint.database or None,
            user=endpoint.login or None,
            password=endpoint.password,
            charset="utf8mb4",
            conv=_CONVERSIONS,
            cursorclass=SSCursor,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            init_command="set session transaction read only",
            ssl=tls or None,
        )
        with self._cursor() as cursor:
            cursor.execute("set time_zone = '+08:00'")

    def quote(self, name: str) -> str:
        """See ``Session``."""
        return quoted(name, "`")

    def literal(self, text: str) -> str:
        """See ``Session``."""
        return str(self._connection.escape(text))

    def text(self, expression: str) -> str:
        """See ``Session``; without a decoder the client hands on the server's own text."""
        return expression

    def exact(self, expression: str) -> str:
        """See ``Session``."""
        return f"cast(coalesce(convert({expression} using utf8mb4), '') as binary)"

    def time(self, expression: str) -> str:
        """See ``Session``."""
        return f"cast({expression} as datetime(6))"

    def columns(self, table: str) -> dict[str, bool]:
        """See ``Session``."""
        with self._cursor() as cursor:
            cursor.execute(f"select * from {table} limit 0")
            return {name: kind in _TIMES for name, kind in _described(cursor)}

    def rows(self, query: str) -> list[tuple[str | None, ...]]:
        """See ``Session``."""
        with self._cursor() as cursor:
            cursor.execute(query)
            return [tuple(_decoded(value) for value in row) for row in cursor]

    def write(self, query: str, file: BinaryIO, *, header: bool) -> int:
        """See ``Session``."""
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.writer(text, lineterminator="\n")
        with self._cursor() as cursor:
            cursor.execute(query)
            if header:
                writer.writerow([name for name, _ in _described(cursor)])
            writer.writerows(map(_shown, cursor))
            rows = cursor.rownumber
        text.detach()
        return int(rows)

    def close(self) -> None:
        """See ``Session``."""
        if self._connection.open:
            self._connection.close()

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[SSCursor]:
        """Yield a cursor; an error ends the session, for PyMySQL would first read all rows that are left."""
        cursor = self._connection.cursor()
        try:
            yield cursor
        except BaseException:
            self.close()
            if cursor._result is not None:  # it does so of a lost connection too, and fails
                cursor._result.unbuffered_active = False
            raise
        finally:
            cursor.close()
