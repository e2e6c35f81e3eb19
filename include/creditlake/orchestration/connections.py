"""Airflow connections as the endpoints that connectors understand: the only place where a credential is looked up.

Airflow finds a connection in a secrets backend, in ``AIRFLOW_CONN_<ID>`` of the environment, or among those that were
entered in its UI; outside a task, ``creditlake run`` knows those of the environment.
"""

from __future__ import annotations

import json
import os

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from creditlake.connectors.endpoint import Endpoint, SourceFailed


def endpoint(connection: str) -> Endpoint:
    """Return an Airflow connection as an endpoint.

    Raises:
        SourceFailed: Airflow knows no connection of that id, or what was entered cannot be read; quotes nothing of it.
    """
    try:
        found = Connection.get(connection)
    except AirflowNotFoundException:
        raise SourceFailed(_missing(connection)) from None
    if not _is_mapping(found.extra):
        raise SourceFailed(f'Extra of the connection {connection!r} is no JSON object like {{"timeout": "20"}}')
    return Endpoint(
        connection=connection,
        host=found.host or "",
        port=found.port,
        login=found.login or "",
        password=found.password or "",
        database=found.schema or "",
        extra={name: str(value) for name, value in found.extra_dejson.items()},
    )


def _missing(connection: str) -> str:
    """Say why there is no connection, and where one is entered."""
    variable = f"AIRFLOW_CONN_{connection.upper()}"
    if variable in os.environ:
        return f"{variable} in the environment is no connection: neither JSON nor an address, or its port is no number"
    return (
        f"Airflow knows no connection {connection!r}; enter it under Admin ▸ Connections (管理 › 连接), or for a "
        f"command put it as JSON into {variable} of the environment"
    )


def _is_mapping(extra: str | None) -> bool:
    try:
        return not extra or isinstance(json.loads(extra), dict)
    except ValueError:
        return False
