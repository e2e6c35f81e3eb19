"""The pages in the Airflow UI, on a real api-server: nobody without a login sees any of them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from creditlake.lake import LakePaths
from creditlake.orchestration.environment import PLUGINS, environment, server
from creditlake.quality.docs import build_docs
from creditlake.release import current

from tests.dags.test_release import alerts
from tests.e2e.harness import copy_of

PASSWORD = "of this test alone"
PAGES = ("/creditlake/overview", "/creditlake/docs/index.html")
ABSENT = (
    "/creditlake/docs/../catalog.sqlite",
    "/creditlake/docs/%2e%2e/catalog.sqlite",
    "/creditlake/docs/absent.html",
)
READY_SECONDS = 120


@pytest.fixture(scope="module")
def site(lake: LakePaths, tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    """A released lake with its data docs."""
    paths = copy_of(lake, tmp_path_factory.mktemp("site") / "lake")
    build_docs(paths)
    return paths


@pytest.fixture(scope="module")
def address(site: LakePaths, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an api-server that shows this lake."""
    home = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (home / "passwords.json").write_text(json.dumps({"admin": PASSWORD}), encoding="utf-8")
    settings = os.environ | environment(home, site.root, home) | server(home, port)
    settings["AIRFLOW__CORE__PLUGINS_FOLDER"] = str(PLUGINS)
    with open(home / "log", "w", encoding="utf-8") as log:
        command = [sys.executable, "-m", "airflow"]
        subprocess.run([*command, "db", "migrate"], env=settings, stdout=log, stderr=log, check=True)
        with subprocess.Popen([*command, "api-server"], env=settings, stdout=log, stderr=log) as process:
            _wait(f"http://127.0.0.1:{port}", process, home / "log")
            yield f"http://127.0.0.1:{port}"
            process.terminate()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urlopen(f"{address}/api/v2/version", timeout=5).close()
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
        else:
            return
    process.kill()
    raise AssertionError(log.read_text(encoding="utf-8")[-3000:])


@pytest.fixture(scope="module")
def token(address: str) -> str:
    """A login of the one user."""
    body = json.dumps({"username": "admin", "password": PASSWORD}).encode()
    with urlopen(Request(f"{address}/auth/token", body, {"Content-Type": "application/json"}), timeout=60) as answer:
        return str(json.load(answer)["access_token"])


def ask(url: str, token: str = "") -> tuple[int, str]:
    """Status and text of a page."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with urlopen(Request(url, headers=headers), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, ""


@pytest.mark.parametrize("page", [*PAGES, *ABSENT[1:], "/creditlake/watch", "/creditlake/docs/static/docs.css"])
def test_a_page_without_a_login_is_refused(address: str, page: str) -> None:
    assert ask(address + page)[0] == 401


def test_who_is_logged_in_sees_the_release_the_build_and_the_data_docs(
    address: str, token: str, site: LakePaths
) -> None:
    overview, docs = (ask(address + page, token) for page in PAGES)

    assert (overview[0], docs[0]) == (200, 200)
    assert current(site).release_id in overview[1]
    assert "<td>市场主体登记信息</td>" in overview[1] and "<td>mart_subjects</td><td>成功</td>" in overview[1]
    refused = [alert["file"] for alert in alerts(site)]
    assert refused and all(file in overview[1] for file in refused)
    assert docs[1] == (site.docs / "index.html").read_text(encoding="utf-8")


def test_who_is_logged_in_sees_when_each_source_must_deliver_next(address: str, token: str) -> None:
    status, page = ask(f"{address}/creditlake/watch", token)

    assert (status, "下次期限" in page, "2026-12-09" in page) == (200, True, True)


@pytest.mark.parametrize("page", ABSENT)
def test_nothing_but_the_data_docs_is_served(address: str, token: str, page: str) -> None:
    assert ask(address + page, token)[0] == 404


@pytest.mark.parametrize("page", ["/creditlake/openapi.json", "/creditlake/docs"])
def test_the_pages_do_not_describe_themselves(address: str, page: str) -> None:
    assert ask(address + page)[0] in (401, 404, 307)
