"""The settings of an Airflow on this machine: one folder, SQLite, local processes. Imports no Airflow.

They must be in the environment before Airflow is imported for the first time.
"""

from __future__ import annotations

from pathlib import Path

from creditlake.home import project_home


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
