"""Where a server is and how to sign in: what an Airflow connection says, as a value that shows no secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


class SourceFailed(RuntimeError):
    """A source could not be reached, refused us, or answered what is no data. Nothing was taken, no watermark moved.

    The message names feed, dataset and server and quotes no credential.
    """


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One Airflow connection.

    Attributes:
        connection: Its id, for messages.
        host: Name or address; empty where the server's default counts.
        port: None where the protocol's own port counts.
        database: The database, of what has some (``schema`` of an Airflow connection).
        extra: Further settings, as the connector's documentation names them.
    """

    connection: str
    host: str = ""
    port: int | None = None
    login: str = ""
    password: str = field(default="", repr=False)
    database: str = ""
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def place(self) -> str:
        """The server, for messages: connection id, host and port."""
        port = f":{self.port}" if self.port else ""
        return f"{self.connection} ({self.host}{port})" if self.host else self.connection

    def hidden(self, text: str) -> str:
        """Return a text without the secrets of this connection."""
        secrets = [self.password, *(value for value in self.extra.values() if len(value) >= 8)]
        for secret in sorted((one for one in secrets if one), key=len, reverse=True):
            text = text.replace(secret, "***")
        return text


def reason_of(error: Exception) -> str:
    """Return what a client says of a failure as one line, without the numbers and brackets it may wrap it in."""
    match error:
        case OSError(strerror=str(told), filename=file) if told:
            return _line(told if file is None else f"{told}: {file}")
        case Exception(args=(int(number), str(told))):
            return f"{_line(told)} ({number})"
        case _:
            return _line(str(error)) or type(error).__name__


def _line(text: str) -> str:
    return " ".join(text.split())


Endpoints = Callable[[str], Endpoint]
"""How the caller looks a connection up by its id."""
