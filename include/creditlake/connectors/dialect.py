"""What PostgreSQL and MySQL call differently: how they quote, how they write text, how one signs in."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from creditlake.connectors.endpoint import Endpoint

SOURCE = "source"
CONNECT_SECONDS = 10


def sql_text(text: str) -> str:
    """Write a text as an SQL literal that both servers and DuckDB read alike.

    Raises:
        ValueError: it holds a backslash, which MySQL reads in its own way.
    """
    if "\\" in text:
        raise ValueError(f"{text!r} holds a backslash")
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of server.

    Attributes:
        extension: DuckDB's client for it, as its Python package calls it.
        kind: As DuckDB's ``attach`` calls it.
        mark: The quotation mark of names.
        as_text: How an expression is cast to text; ``{}`` is the expression.
        settings: Words of the connection string, always said.
        tls: Words that an Airflow connection's extra may add.
    """

    extension: str
    kind: str
    mark: str
    as_text: str
    settings: str
    tls: tuple[str, ...]

    def quote(self, name: str) -> str:
        """Quote a name."""
        return self.mark + name.replace(self.mark, self.mark * 2) + self.mark

    def table(self, name: str) -> str:
        """Quote the name of a table with its schema."""
        return ".".join(self.quote(part) for part in name.split("."))

    def text(self, expression: str) -> str:
        """Cast an expression to text on the server."""
        return self.as_text.format(expression)

    def select(self, query: str) -> str:
        """Return the DuckDB query that runs a query on the server."""
        doubled = query.replace("'", "''")
        return f"select * from {self.kind}_query('{SOURCE}', '{doubled}')"

    def attach(self, connection: duckdb.DuckDBPyConnection, endpoint: Endpoint) -> None:
        """Sign in, read-only; duckdb.Error when the server does not let us."""
        facts = {
            "host": endpoint.host,
            "port": str(endpoint.port or ""),
            "database": endpoint.database,
            "user": endpoint.login,
            "password": endpoint.password,
        }
        listed = ", ".join(f"{name} '{_doubled(value)}'" for name, value in facts.items() if value)
        connection.execute(f"create or replace temporary secret sign_in (type {self.kind}, {listed})")
        tls = [f"{name}={endpoint.extra[name]}" for name in self.tls if name in endpoint.extra]
        words = " ".join([self.settings, *tls]).strip()
        connection.execute(f"attach '{_doubled(words)}' as {SOURCE} (type {self.kind}, secret sign_in, read_only)")


def _doubled(text: str) -> str:
    return text.replace("'", "''")


DIALECTS = {
    "postgresql": Dialect(
        extension="postgres",
        kind="postgres",
        mark='"',
        as_text="({})::text",
        settings=f"connect_timeout={CONNECT_SECONDS} "
        "options='-c default_transaction_read_only=on -c TimeZone=Asia/Shanghai -c DateStyle=ISO'",
        tls=("sslmode", "sslrootcert", "sslcert", "sslkey"),
    ),
    "mysql": Dialect(
        extension="mysql_scanner",
        kind="mysql",
        mark="`",
        as_text="cast({} as char character set utf8mb4)",
        settings="",
        tls=("ssl_mode", "ssl_ca", "ssl_cert", "ssl_key"),
    ),
}
