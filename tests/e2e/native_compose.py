"""The services of docker-compose.yml as processes of this machine: the same commands, settings and health checks.

Only what a container gives is replaced: folders, names of machines, and the secrets. PostgreSQL comes from a package.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import yaml

from tests.architecture.tree import ROOT

SECRETS = {
    "POSTGRES_PASSWORD": "1" * 64,
    "AIRFLOW_DB_PASSWORD": "2" * 64,
    "LAKE_DB_PASSWORD": "3" * 64,
    "AIRFLOW_FERNET_KEY": "4" * 43 + "=",
    "AIRFLOW_JWT_SECRET": "5" * 64,
    "AIRFLOW_API_SECRET_KEY": "6" * 64,
    "CREDITLAKE_PERSON_KEY": "7" * 64,
}
PATIENCE_SECONDS = 240
_OURS = ("AIRFLOW", "CREDITLAKE", "PG", "POSTGRES")


@dataclass(frozen=True, slots=True)
class Machine:
    """What stands for the machine that runs the containers.

    Attributes:
        root: Folder for what the containers keep.
        database: Folder of PostgreSQL's socket.
        programs: Folder of PostgreSQL's programs.
        port: The port of the api-server.
    """

    root: Path
    database: Path
    programs: Path
    port: int

    @property
    def lake(self) -> Path:
        """The folder of the lake."""
        return self.root / "lake"

    @property
    def address(self) -> str:
        """Where the api-server answers."""
        return f"http://127.0.0.1:{self.port}"

    def native(self, text: str) -> str:
        """Return a text of the compose file as it reads on this machine."""
        places = {
            "/opt/creditlake/plugins": str(ROOT / "include" / "creditlake" / "orchestration" / "plugins"),
            "/opt/creditlake": str(ROOT),
            "/var/lib/creditlake": str(self.root),
            "/var/log/airflow": str(self.root / "logs"),
            "@postgres:5432/airflow": f"@/airflow?host={self.database}",
            "host=postgres": f"host={self.database}",
            "http://api-server:8080": self.address,
            "http://127.0.0.1:8080": self.address,
            "0.0.0.0": "127.0.0.1",
            "docker/": f"{ROOT}/docker/",
        }
        text = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: SECRETS[found[1]], text)
        for ours, theirs in places.items():
            text = text.replace(ours, theirs)
        return str(self.port) if text == "8080" else text


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def service(name: str) -> dict[str, Any]:
    """One service of the compose file."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    body: dict[str, Any] = document["services"][name]
    return body


def environment(machine: Machine, name: str) -> dict[str, str]:
    """The environment of a service: what the compose file and the image set, and nothing of ours from this process."""
    home = machine.root / "airflow"
    home.mkdir(parents=True, exist_ok=True)
    (home / "airflow.cfg").touch()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_OURS)}
    image = {
        "PATH": f"{Path(sys.executable).parent}:{machine.programs}:{kept['PATH']}",
        "AIRFLOW_HOME": str(home),
        "CREDITLAKE_HOME": str(ROOT),
    }
    return kept | image | {key: machine.native(str(value)) for key, value in service(name)["environment"].items()}


def call(machine: Machine, name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command, by default its own, as a service would; fail with what it said."""
    command = words or tuple(map(machine.native, service(name)["command"]))
    done = subprocess.run(
        command, env=environment(machine, name), cwd=machine.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done


@contextmanager
def running(machine: Machine, *names: str) -> Iterator[None]:
    """Run services, each started when the ones before it are healthy, and end them all by their own process ids."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        for name in names:
            started.append(_start(machine, name))
            _wait_until_healthy(machine, name, started[-1])
        yield
    finally:
        for process in reversed(started):
            _end(process)


def _start(machine: Machine, name: str) -> subprocess.Popen[bytes]:
    with open(machine.root / f"{name}.log", "wb") as log:
        return subprocess.Popen(
            [machine.native(word) for word in service(name)["command"]],
            env=environment(machine, name),
            cwd=machine.root,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _wait_until_healthy(machine: Machine, name: str, process: subprocess.Popen[bytes]) -> None:
    check = [machine.native(word) for word in service(name)["healthcheck"]["test"][1:]]
    settings: Mapping[str, str] = environment(machine, name)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while subprocess.run(check, env=settings, capture_output=True, check=False).returncode:
        said = (machine.root / f"{name}.log").read_text(encoding="utf-8")[-3000:]
        assert process.poll() is None, f"{name} ended: {said}"
        assert time.monotonic() < deadline, f"{name} did not become healthy: {said}"
        time.sleep(1)


def _end(process: subprocess.Popen[bytes]) -> None:
    family = psutil.Process(process.pid).children(recursive=True)  # tasks lead groups of their own
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(20)
    for member in family:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    process.kill()
    process.wait()
    psutil.wait_procs(family)
