"""Real servers on loopback for the tests of the connectors, each ended by its own process id."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from creditlake.connectors.endpoint import Endpoint

PATIENCE_SECONDS = 30.0
AGENCY = "agency"
PASSWORD = "Mi-Ma-von-2026"
PASSWORD_HASH = "$6$creditlake$QIS343VY6yilFsXgJ919WD2Ydnpn64m9aAI4ep4IXllfgwUW.r/t/xBnb/21PoyO0DA/DFEKtIgXBCBWT/Q210"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server that was started answers on its port."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert time.monotonic() < deadline, "the server does not answer"
        time.sleep(0.05)


@dataclass(frozen=True)
class Sftp:
    """OpenSSH's server with its own host key; who signs in sees the machine's files.

    Attributes:
        host_key: Its public key, ``ssh-ed25519 AAAA…``.
        private_key: A file with the key that lets the agency in.
        password: Empty where only a key does: a server without root's rights cannot check passwords.
    """

    port: int
    login: str
    password: str
    host_key: str
    private_key: Path
    process: subprocess.Popen[bytes]

    def endpoint(self, **changes: Any) -> Endpoint:
        """The Airflow connection to it, by key and with its host key pinned, but for what is changed."""
        extra = {"host_key": self.host_key, "key_file": str(self.private_key), "timeout": "20"}
        return Endpoint(
            "agency_sftp",
            "127.0.0.1",
            changes.pop("port", self.port),
            changes.pop("login", self.login),
            changes.pop("password", ""),
            extra=changes or extra,
        )

    def sessions(self) -> list[psutil.Process]:
        """The processes that serve those who are signed in."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def drop_sessions(self) -> None:
        """Kill them: whoever is signed in loses the connection."""
        for session in self.sessions():
            with contextlib.suppress(psutil.NoSuchProcess):
                session.kill()


@contextlib.contextmanager
def sftp(folder: Path) -> Iterator[Sftp]:
    """Run sshd with what it needs in a folder; skipped where Debian's openssh-server is not installed."""
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("openssh-server is not installed (apt-get install openssh-server)")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("host", "login"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    port, is_root = free_port(), os.geteuid() == 0
    (folder / "config").write_text(_sshd_config(folder, port), encoding="ascii")
    command = [program, "-D", "-E", str(folder / "log"), "-f", str(folder / "config")]
    process = subprocess.Popen(_with_agency(folder, command) if is_root else command)
    try:
        wait_for(port, process)
        host_key = " ".join((folder / "host.pub").read_text(encoding="ascii").split()[:2])
        login = AGENCY if is_root else psutil.Process().username()
        yield Sftp(port, login, PASSWORD if is_root else "", host_key, folder / "login", process)
    finally:
        for child in psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        process.kill()
        process.wait()


def _sshd_config(folder: Path, port: int) -> str:
    return f"""\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/login.pub
PasswordAuthentication yes
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
StrictModes no
PermitRootLogin yes
PidFile none
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""


def _with_agency(folder: Path, command: list[str]) -> list[str]:
    """Let the command see a user with a password that the machine does not have."""
    for name, line in (
        ("passwd", f"{AGENCY}:x:0:0::/:/bin/false"),
        ("shadow", f"{AGENCY}:{PASSWORD_HASH}:20000::::::"),
    ):
        own = folder / name
        own.write_text(Path("/etc", name).read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
        own.chmod(0o600 if name == "shadow" else 0o644)
    script = f'mkdir -p /run/sshd; for f in passwd shadow; do mount --bind "{folder}/$f" /etc/$f; done; exec "$@"'
    return ["unshare", "--mount", "sh", "-ec", script, "sh", *command]


@dataclass(frozen=True)
class S3:
    """moto's S3 with one bucket.

    Attributes:
        bucket: Its name.
        client: A boto3 client that may do everything.
    """

    port: int
    bucket: str
    client: Any = field(repr=False)

    def endpoint(self, **changes: Any) -> Endpoint:
        """The Airflow connection to it, but for what is changed."""
        extra = {"endpoint_url": f"http://127.0.0.1:{self.port}", "timeout": "20"}
        login, password = changes.pop("login", "the-access-key"), changes.pop("password", "the-secret-of-the-agency")
        return Endpoint("agency_s3", login=login, password=password, extra=changes or extra)

    def put(self, key: str, content: bytes) -> None:
        """Lay an object down."""
        self.client.put_object(Bucket=self.bucket, Key=key, Body=content)


@contextlib.contextmanager
def s3() -> Iterator[S3]:
    """Run moto's server in threads of this process."""
    boto3 = pytest.importorskip("boto3", reason="moto is not installed")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="the-access-key",
            aws_secret_access_key="the-secret-of-the-agency",
            region_name="us-east-1",
        )
        bucket = f"agency-{port}"
        client.create_bucket(Bucket=bucket)
        yield S3(port, bucket, client)
    finally:
        server.stop()
