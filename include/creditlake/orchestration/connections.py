"""Airflow connections as the endpoints that connectors understand: the only place where a credential is looked up.

Airflow finds a connection in a secrets backend, in ``AIRFLOW_CONN_<ID>`` of the environment, or among those that were
entered in its UI; outside a task, ``creditlake run`` knows those of the environment.
"""

from __future__ import annotations

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from creditlake.connectors.endpoint import Endpoint, SourceFailed


def endpoint(connection: str) -> Endpoint:
    """Return an Airflow connection as an endpoint.

    Raises:
        SourceFailed: Airflow knows no connection of that id.
    """
    try:
        found = Connection.get(connection)
    except AirflowNotFoundException as error:
        raise SourceFailed(f"Airflow knows no connection {connection!r}; enter it under Admin ▸ Connections") from error
    return Endpoint(
        connection=connection,
        host=found.host or "",
        port=found.port,
        login=found.login or "",
        password=found.password or "",
        database=found.schema or "",
        extra={name: str(value) for name, value in found.extra_dejson.items()},
    )
