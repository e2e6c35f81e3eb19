"""PostgreSQL as an exchange database, by psycopg2: the server itself writes the CSV (``COPY … TO STDOUT``)."""

from __future__ import annotations

from typing import BinaryIO

import psycopg2
from psycopg2 import extensions

from creditlake.connectors.dialect import CONNECT_SECONDS, quoted
from creditlake.connectors.endpoint import Endpoint

_TLS = ("sslmode", "sslrootcert", "sslcert", "sslkey")
_KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 6}
"""A server that is gone without a word is noticed after a minute and a half."""
_DATE, _TIMESTAMP, _TIMESTAMP_WITH_ZONE = 1082, 1114, 1184


class PostgreSQL:
    """A session; see ``dialect.Session``. TLS as the connection's extra says: sslmode, sslrootcert, sslcert, sslkey."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._connection = psycopg2.connect(
            host=endpoint.host or None,
            port=endpoint.port,
            dbname=endpoint.database or None,
            user=endpoint.login or None,
            password=endpoint.password or None,
            connect_timeout=CONNECT_SECONDS,
            client_encoding="utf8",
            application_name="creditlake",
            **_KEEPALIVE,
            **{name: endpoint.extra[name] for name in _TLS if name in endpoint.extra},
        )
        self._connection.set_session(readonly=True, autocommit=True)
        with self._connection.cursor() as cursor:
            cursor.execute("set TimeZone to 'Asia/Shanghai'; set DateStyle to 'ISO, YMD'")

    def quote(self, name: str) -> str:
        """See ``Session``."""
        return quoted(name, '"')

    def literal(self, text: str) -> str:
        """See ``Session``."""
        literal = extensions.QuotedString(text)
        literal.prepare(self._connection)
        return str(literal.getquoted().decode())

    def text(self, expression: str) -> str:
        """See ``Session``."""
        return f"({expression})::text"

    def exact(self, expression: str) -> str:
        """See ``Session``."""
        return f"coalesce(({expression})::text, '') collate \"C\""

    def time(self, expression: str) -> str:
        """See ``Session``."""
        return f"({expression})::timestamp"

    def columns(self, table: str) -> dict[str, bool]:
        """See ``Session``."""
        times = (_DATE, _TIMESTAMP, _TIMESTAMP_WITH_ZONE)
        with self._connection.cursor() as cursor:
            cursor.execute(f"select * from {table} limit 0")
            return {column.name: column.type_code in times for column in cursor.description or ()}

    def rows(self, query: str) -> list[tuple[str | None, ...]]:
        """See ``Session``."""
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            return [tuple(None if value is None else str(value) for value in row) for row in cursor.fetchall()]

    def write(self, query: str, file: BinaryIO, *, header: bool) -> int:
        """See ``Session``."""
        with self._connection.cursor() as cursor:
            cursor.copy_expert(f"copy ({query}) to stdout (format csv, header {header})", file)
            return int(cursor.rowcount)

    def close(self) -> None:
        """See ``Session``."""
        self._connection.close()
