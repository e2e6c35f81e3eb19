"""The production compose file: valid, closed, watched, true to the project. It runs in tests/e2e/test_postgres.py."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from creditlake.cli import main

from tests.architecture.tree import ROOT, write_tree
from tests.contract import laws_of_compose as laws

PUBLISHED = {"api-server": "8080"}
PARSE = """
import json, sys
from airflow.cli.cli_parser import get_parser
for call in json.load(sys.stdin):
    get_parser().parse_args(call[1:])
"""


def compose() -> dict[str, Any]:
    """The compose file as a document."""
    document: dict[str, Any] = yaml.safe_load(text_of("docker-compose.yml"))
    return document


def text_of(name: str) -> str:
    """Text of a file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def changed(service: str, **values: Any) -> dict[str, Any]:
    """The compose file with other values in one service; None takes the value away."""
    document = copy.deepcopy(compose())
    body = document["services"][service] | values
    document["services"][service] = {name: value for name, value in body.items() if value is not None}
    return document


def with_setting(name: str, value: str) -> dict[str, Any]:
    """The compose file with one more setting of the scheduler."""
    return changed("scheduler", environment=compose()["services"]["scheduler"]["environment"] | {name: value})


def calls_that_airflow_refuses(calls: list[list[str]], home: Path) -> str:
    """Return what Airflow's own parser says against these command lines; nothing when it takes them all."""
    done = subprocess.run(
        [sys.executable, "-c", PARSE],
        input=json.dumps(calls),
        env=os.environ | {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__AUTH_MANAGER": auth_manager()},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr if done.returncode else ""


def auth_manager() -> str:
    """The class that keeps the users."""
    return str(compose()["services"]["api-server"]["environment"]["AIRFLOW__CORE__AUTH_MANAGER"])


def test_the_file_keeps_the_compose_specification() -> None:
    assert laws.schema_errors(compose()) == []


def test_a_breach_of_the_compose_specification_is_found() -> None:
    assert "services.postgres" in laws.schema_errors(changed("postgres", restarts="always"))[0]
    assert "healthcheck.retries" in laws.schema_errors(changed("postgres", healthcheck={"retries": {}}))[0]


def test_secrets_come_from_the_environment_alone() -> None:
    assert laws.open_secrets(compose()) == []
    assert {name for name in laws.variables(compose()) if laws.SECRET.search(name)} == {
        "POSTGRES_PASSWORD",
        "AIRFLOW_DB_PASSWORD",
        "LAKE_DB_PASSWORD",
        "AIRFLOW_FERNET_KEY",
        "AIRFLOW_JWT_SECRET",
        "AIRFLOW_API_SECRET_KEY",
        "CREDITLAKE_PERSON_KEY",
    }


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("POSTGRES_PASSWORD", "postgres", "scheduler: POSTGRES_PASSWORD stands in the file"),
        ("SOME_TOKEN", "${SOME_TOKEN:-guess}", "${SOME_TOKEN} is not demanded"),
        ("SOME_SECRET", "${SOME_SECRET}", "${SOME_SECRET} is not demanded"),
        ("AIRFLOW__CORE__FERNET_KEY", "", "scheduler: AIRFLOW__CORE__FERNET_KEY stands in the file"),
        ("DATABASE", "postgresql://lake:lake@postgres/lake", "scheduler: DATABASE has a password in it"),
        ("DATABASE", "host=postgres password=lake", "scheduler: DATABASE has a password in it"),
    ],
)
def test_a_secret_with_a_default_is_found(name: str, value: str, problem: str) -> None:
    assert laws.open_secrets(with_setting(name, value)) == [problem]


def test_only_the_api_server_listens_and_only_on_this_machine() -> None:
    assert laws.open_doors(compose(), PUBLISHED) == []
    assert "postgres" not in laws.in_reach_of_the_outside(compose())


@pytest.mark.parametrize("port", ["8080:8080", "0.0.0.0:8080:8080", "${PORT}:8080", "127.0.0.1:8080:5432"])
def test_a_port_open_to_everybody_is_found(port: str) -> None:
    assert laws.open_doors(changed("api-server", ports=[port]), PUBLISHED) == [f"api-server publishes {port}"]


def test_a_published_database_and_a_network_without_walls_are_found() -> None:
    published = changed("postgres", ports=["127.0.0.1:5432:5432"])

    assert laws.open_doors(published, PUBLISHED) == ["postgres publishes 127.0.0.1:5432:5432"]
    assert laws.open_doors(changed("postgres", networks=None), PUBLISHED) == ["postgres is in the default network"]
    assert laws.open_doors(changed("postgres", privileged=True), PUBLISHED) == [
        "postgres shares the machine's namespaces"
    ]
    assert "postgres" in laws.in_reach_of_the_outside(changed("postgres", networks=["inside", "outside"]))


def test_every_service_is_watched_restarted_and_limited() -> None:
    assert laws.unwatched(compose()) == []


def test_a_service_that_nobody_watches_is_found() -> None:
    assert laws.unwatched(changed("triggerer", healthcheck=None)) == ["triggerer has no health check"]
    assert laws.unwatched(changed("triggerer", restart=None)) == ["triggerer has no restart policy"]
    assert laws.unwatched(changed("triggerer", restart="no")) == ["nobody waits for the end of triggerer"]
    assert laws.unwatched(changed("triggerer", deploy=None)) == [
        f"triggerer has no limit of {name}" for name in ("cpus", "memory", "pids")
    ]


def test_no_service_can_do_more_than_it_needs() -> None:
    assert laws.soft(compose()) == []
    assert laws.writable(compose(), "/var/lib/creditlake/drop") == set()
    assert laws.writable(compose(), "/var/lib/creditlake/lake") == {"migrate", "scheduler"}
    assert laws.writable(compose(), "/var/lib/creditlake/lake/releases") == set()


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"user": None}, "scheduler runs as root"),
        ({"user": "0:0"}, "scheduler runs as root"),
        ({"read_only": False}, "scheduler may write its image"),
        ({"cap_add": ["SYS_ADMIN"]}, "scheduler keeps capabilities"),
        ({"security_opt": None}, "scheduler may gain privileges"),
    ],
)
def test_a_service_that_can_do_too_much_is_found(values: dict[str, Any], problem: str) -> None:
    assert laws.soft(changed("scheduler", **values)) == [problem]


def test_a_drop_folder_that_may_be_written_is_found() -> None:
    mount = {"type": "bind", "source": "./drop", "target": "/var/lib/creditlake/drop"}

    assert laws.writable(changed("triggerer", volumes=[mount]), "/var/lib/creditlake/drop") == {"triggerer"}


def test_every_name_is_declared_and_every_file_is_there() -> None:
    dockerfile = text_of("Dockerfile")

    assert laws.unknown_names(compose()) == []
    assert laws.bad_binds(compose(), ROOT) == []
    assert laws.missing_scripts(compose(), ROOT) == []
    assert laws.copied_from_nowhere(dockerfile, ROOT) == []


def test_names_and_files_that_do_not_exist_are_found(tmp_path: Path) -> None:
    bind = {"type": "bind", "source": "./docker/none", "target": "/none"}
    made_up = {"type": "bind", "source": "${FOLDER:?}", "target": "/some"}
    volume = {"type": "volume", "source": "nowhere", "target": "/nowhere"}

    assert laws.unknown_names(changed("triggerer", depends_on={"redis": {}})) == ["triggerer waits for redis"]
    assert laws.unknown_names(changed("triggerer", networks=["moon"])) == ["triggerer is in moon"]
    assert laws.unknown_names(changed("triggerer", volumes=[volume])) == ["triggerer mounts nowhere"]
    assert laws.bad_binds(changed("triggerer", volumes=[bind]), ROOT) == [
        "triggerer binds ./docker/none, which is not in the project"
    ]
    assert laws.bad_binds(changed("triggerer", volumes=[made_up]), ROOT) == ["triggerer would make /some up"]
    assert laws.missing_scripts(changed("triggerer", command=["sh", "none.sh"]), ROOT) == ["none.sh"]
    assert laws.copied_from_nowhere("COPY a b /c/\nCOPY --from=x d e", write_tree(tmp_path, {"a": ""})) == ["b"]


def test_images_are_pinned_and_ours_is_of_this_version() -> None:
    version = tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    ours = {body["image"] for name, body in compose()["services"].items() if name != "postgres"}

    assert laws.loose_images(compose(), text_of("Dockerfile")) == []
    assert ours == {f"creditlake:{version}"}


@pytest.mark.parametrize("image", ["postgres", "postgres:latest", "postgres:17", "host:5000/postgres"])
def test_an_image_that_moves_is_found(image: str) -> None:
    assert laws.loose_images(changed("postgres", image=image), f"FROM {image}") == [image]


def test_every_command_exists_with_its_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = laws.program_calls(compose(), ROOT)
    airflow = [call for call in calls if call[0] == "airflow"]
    ours = [call for call in calls if call[0] == "creditlake"]

    assert {call[1] for call in airflow} == {"api-server", "scheduler", "dag-processor", "triggerer", "db", "pools"}
    assert calls_that_airflow_refuses(airflow, tmp_path) == ""
    for call in ours:
        with pytest.raises(SystemExit, match="0"):
            main([call[1], "--help"])
        options = capsys.readouterr().out
        assert [word for word in call if word.startswith("--") and word not in options] == []


def test_a_command_that_airflow_does_not_know_is_found(tmp_path: Path) -> None:
    assert "webserver" in calls_that_airflow_refuses([["airflow", "webserver"]], tmp_path)
    assert "--workerz" in calls_that_airflow_refuses([["airflow", "api-server", "--workerz", "1"]], tmp_path)


def test_every_variable_is_explained_and_none_has_a_value() -> None:
    assert laws.example_problems(compose(), text_of(".env.example"), text_of("docs/production.md")) == []


def test_a_variable_that_nobody_explains_or_that_has_a_value_is_found() -> None:
    document = {"services": {"a": {"environment": {"X": "${X_KEY:?}", "Y": "${Y:-1}"}}}}

    assert laws.example_problems(document, "X_KEY=secret\nZ=\n", "`X_KEY`") == [
        "Y is not in .env.example",
        "Z is asked for by nobody",
        "Y is not in the guide",
        "X_KEY has a value",
    ]


def test_the_pool_of_the_one_writer_is_the_one_that_tasks_wait_in(tmp_path: Path) -> None:
    made = [call[3:5] for call in laws.program_calls(compose(), ROOT) if call[:3] == ["airflow", "pools", "set"]]

    done = subprocess.run(
        [sys.executable, "-c", "from creditlake.orchestration.defaults import WRITER_POOL; print(WRITER_POOL)"],
        env=os.environ | {"AIRFLOW_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert made == [[done.stdout.split()[-1], "1"]]
