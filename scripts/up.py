"""``make up``: the platform with its Airflow UI on this machine alone, until Ctrl-C.

Four processes on 127.0.0.1 (api-server, dag-processor, triggerer, scheduler), SQLite, no default password. The order
matters: tasks that start before the api-server answers fail, and a scheduler that starts before the DAGs are read
runs yesterday's DAGs.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import psutil
from creditlake.orchestration.environment import HOST, PLUGINS, USER, environment, server

VAR = Path(__file__).resolve().parents[1] / "var"
POOL = ("catalogue", "1", "数据湖唯一写入者")
READY_SECONDS, END_SECONDS = 180, 10


class NotUp(RuntimeError):
    """The platform did not start, or a part of it ended; the message says which and where its log is."""


class Interrupted(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


class Platform:
    """The processes of one platform, each the leader of its own group, and what they started."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.address = f"http://{HOST}:{port}"
        self.parts: dict[str, psutil.Popen] = {}
        self.family: set[psutil.Process] = set()

    def log(self, name: str) -> Path:
        """Where a part's own words go."""
        return self.home / "logs" / f"{name}.log"

    def start(self, name: str, *arguments: str, **settings: str) -> None:
        """Start one Airflow component, with settings of its own in its environment."""
        say(f"starting {name}")
        with open(self.log(name), "ab") as log:
            self.parts[name] = psutil.Popen(
                [sys.executable, "-m", "airflow", name, *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                env=os.environ | settings,
            )  # fmt: skip

    def run(self, *arguments: str) -> None:
        """Run one Airflow command to its end."""
        with open(self.log("setup"), "ab") as log:
            command = [sys.executable, "-m", "airflow", *arguments]
            if subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False).returncode:
                raise NotUp(f"airflow {' '.join(arguments)} failed; see {self.log('setup')}")

    def check(self) -> None:
        """Remember what the parts have started; raise NotUp when one of them has ended."""
        self._remember()
        for name, process in self.parts.items():
            if process.poll() is not None:
                raise NotUp(f"{name} ended by itself (exit {process.returncode}); see {self.log(name)}")

    def wait_until(self, what: str, is_true: Callable[[], bool]) -> None:
        """Wait for something, while all parts run."""
        deadline = time.monotonic() + READY_SECONDS
        while not is_true():
            self.check()
            if time.monotonic() > deadline:
                raise NotUp(f"{what}: not within {READY_SECONDS} s; see {self.home / 'logs'}")
            time.sleep(0.5)

    def stop(self) -> None:
        """End all parts, those that start tasks first, and everything they started; nothing stays behind."""
        self._remember()
        for name, process in reversed(self.parts.items()):
            say(f"stopping {name}")
            _signal_group(process.pid, signal.SIGTERM)
            try:
                process.wait(END_SECONDS)
            except psutil.TimeoutExpired:
                say(f"{name} does not end; it is killed")
            _signal_group(process.pid, signal.SIGKILL)  # idle workers of the executor ignore SIGTERM
        self._remember()
        for process in self.family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs([*self.family, *self.parts.values()], END_SECONDS)

    def _remember(self) -> None:
        """Tasks have sessions of their own, and no parent any more once the scheduler was killed."""
        for process in [*self.parts.values(), *self.family]:
            with contextlib.suppress(psutil.NoSuchProcess):
                self.family.update(process.children(recursive=True))
        self.family = {process for process in self.family if process.is_running()}


def main() -> int:
    """Keep the platform up until it is interrupted; return the exit code."""
    options = _options()
    if not _is_free(options.port):
        complain(f"port {options.port} is taken; choose another one: make up PORT={options.port + 1}")
        return 1
    home = VAR / "airflow"
    os.umask(0o077)
    (home / "logs").mkdir(parents=True, exist_ok=True)
    platform = Platform(home, options.port)
    os.environ.update(environment(home, options.lake, options.drop) | server(home, options.port))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        _bring_up(platform, _password(home / "passwords.json"))
        while True:
            platform.check()
            time.sleep(1)
    except Interrupted:
        return 0
    except NotUp as reason:
        complain(str(reason))
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        platform.stop()
        say("all is down")


def _bring_up(platform: Platform, password: str) -> None:
    say("preparing Airflow's database")
    platform.run("db", "migrate")
    platform.run("pools", "set", *POOL)
    platform.start("api-server", AIRFLOW__CORE__PLUGINS_FOLDER=str(PLUGINS))
    platform.wait_until("the api-server answers", lambda: _version(platform.address) == version("apache-airflow"))
    started = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    platform.start("dag-processor")
    token = _ask(platform, "/auth/token", body={"username": USER, "password": password})["access_token"]
    files = {path.name for path in Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]).glob("*.py")}
    platform.wait_until("all DAG files are read", lambda: _read_since(platform, token, started) >= files)
    platform.start("triggerer", "--skip-serve-logs")
    platform.start("scheduler", "--skip-serve-logs")
    say(f"\nAirflow   {platform.address}\nuser      {USER}\npassword  in {platform.home / 'passwords.json'}\n"
        f"lake      {os.environ['CREDITLAKE_LAKE']}\ndrop      {os.environ['CREDITLAKE_DROP']}\n"
        f"logs      {platform.home / 'logs'}\nCtrl-C stops all of it.")  # fmt: skip


def _password(file: Path) -> str:
    """Return the user's password, made once into a file that only this account reads."""
    if not file.exists():
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
            json.dump({USER: secrets.token_urlsafe(18)}, handle)
    file.chmod(0o600)
    return str(json.loads(file.read_text(encoding="utf-8"))[USER])


def _version(address: str) -> str | None:
    try:
        with urlopen(f"{address}/api/v2/version", timeout=5) as answer:
            return str(json.load(answer)["version"])
    except (URLError, TimeoutError, ConnectionError):
        return None


def _read_since(platform: Platform, token: str, moment: str) -> set[str]:
    """Names of the DAG files that were read since a moment."""
    dags = _ask(platform, "/api/v2/dags?limit=100", token)["dags"]
    return {Path(dag["fileloc"]).name for dag in dags if (dag["last_parsed_time"] or "") >= moment}


def _ask(platform: Platform, path: str, token: str = "", body: dict[str, str] | None = None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = json.dumps(body).encode() if body else None
    with urlopen(Request(platform.address + path, data=data, headers=headers), timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _signal_group(leader: int, number: signal.Signals) -> None:
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        return


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lake", type=Path, default=VAR / "lake", metavar="DIR", help="the lake (default var/lake)")
    parser.add_argument("--drop", type=Path, default=VAR / "city" / "drop", metavar="DIR", help="default: the demo's")
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("PORT", "8080")), metavar="N", help="default: $PORT, else 8080"
    )
    return parser.parse_args()


def say(text: str) -> None:
    """Tell people what happens."""
    print(text, flush=True)


def complain(text: str) -> None:
    """Tell people why it does not work."""
    print(f"up: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
