"""Where the commands look connections up: in Airflow, as the DAGs do."""

from __future__ import annotations

from creditlake.connectors.endpoint import Endpoint


def endpoint(connection: str) -> Endpoint:
    """Return an Airflow connection as an endpoint; Airflow is loaded only for a feed that is pulled.

    Raises:
        SourceFailed: Airflow knows no connection of that id.
    """
    from creditlake.orchestration.connections import endpoint as airflow_connection

    return airflow_connection(connection)
