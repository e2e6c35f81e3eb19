"""The settings of an Airflow on this machine: one folder, SQLite, local processes. Imports no Airflow.

They must be in the environment before Airflow is imported for the first time.
"""

from __future__ import annotations

from pathlib import Path

from creditlake.home import project_home

PLUGINS = Path(__file__).with_name("plugins")
"""Plugins folder of the api-server; the other components need none."""


HOST, USER = "127.0.0.1", "admin"


def environment(home: Path, lake: Path, drop: Path) -> dict[str, str]:
    """Return the environment variables of a platform whose own files lie in ``home``.

    Args:
        lake: The lake its DAGs work on.
        drop: Where agencies drop their files.
    """
    return {
        "AIRFLOW_HOME": str(home.resolve()),
        "AIRFLOW__CORE__DAGS_FOLDER": str(project_home() / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Shanghai",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home.resolve()}/airflow.db",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "CREDITLAKE_LAKE": str(lake.resolve()),
        "CREDITLAKE_DROP": str(drop.resolve()),
    }


def server(home: Path, port: int) -> dict[str, str]:
    """Return the further environment variables of a platform with a UI on this machine alone.

    Its one user is an administrator, whose password is in ``<home>/passwords.json``: ``{"admin": "…"}``.
    """
    address = f"http://{HOST}:{port}"
    return {
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home.resolve() / "passwords.json"),
    }
