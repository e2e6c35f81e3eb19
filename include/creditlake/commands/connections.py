"""Where the commands look connections up: in Airflow, as the DAGs do."""

from __future__ import annotations

import logging

from creditlake.connectors.endpoint import Endpoint


def endpoint(connection: str) -> Endpoint:
    """Return an Airflow connection as an endpoint; Airflow is loaded only for a feed that is pulled.

    Raises:
        SourceFailed: Airflow knows no connection of that id.
    """
    handlers, level = logging.root.handlers[:], logging.root.level
    try:
        from creditlake.orchestration.connections import endpoint as airflow_connection

        return airflow_connection(connection)
    finally:
        logging.root.handlers[:] = handlers  # Airflow takes the log into its own hands when it is loaded
        logging.root.setLevel(level)
