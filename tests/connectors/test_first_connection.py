"""What somebody meets who connects a first agency: a connection that is not there or cannot be read, a contract that is
not finished, and a day on which nothing is new."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pymysql
import pytest
from creditlake import pipeline
from creditlake.connectors.endpoint import Endpoint, SourceFailed, reason_of
from creditlake.connectors.pulling import Errand, connector_to
from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths
from creditlake.onboarding.contract import contract_problems
from creditlake.onboarding.report import told_of_pull

from tests.connectors.stores import AS_OF, Agency, feed_at
from tests.unit.clean_rows import CLEAN

SECRET = "a-secret-nobody-may-read"
ENTERED = {
    "TAX_BROKEN": f'{{"conn_type": "generic", "password": "{SECRET}", }}',
    "TAX_EXTRA": json.dumps({"conn_type": "generic", "host": "h", "password": SECRET, "extra": f"token={SECRET}"}),
    "TAX_GOOD": json.dumps({"conn_type": "generic", "host": "h", "password": SECRET, "extra": {"timeout": 20}}),
}
LOOK_UP = """
import json, logging
from creditlake.commands.connections import endpoint
from creditlake.connectors.endpoint import SourceFailed
before, said = logging.root.handlers[:], {}
for name in ("tax_missing", "tax_broken", "tax_extra", "tax_good"):
    try:
        said[name] = endpoint(name).host
    except SourceFailed as failed:
        said[name] = str(failed)
    assert logging.root.handlers == before, name
print(json.dumps(said))
"""


def test_a_connection_that_is_missing_or_cannot_be_read_is_told_without_its_secret(tmp_path: Path) -> None:
    entered = {f"AIRFLOW_CONN_{name}": text for name, text in ENTERED.items()}
    settings = {**os.environ, **entered, "AIRFLOW_HOME": str(tmp_path)}

    done = subprocess.run([sys.executable, "-c", LOOK_UP], env=settings, capture_output=True, text=True, check=True)

    said = json.loads(done.stdout.splitlines()[-1])
    assert "'tax_missing'" in said["tax_missing"] and "AIRFLOW_CONN_TAX_MISSING" in said["tax_missing"]
    assert said["tax_broken"].startswith("AIRFLOW_CONN_TAX_BROKEN in the environment is no connection")
    assert said["tax_extra"].startswith("Extra of the connection 'tax_extra' is no JSON object")
    assert said["tax_good"] == "h"
    assert SECRET not in done.stdout + done.stderr


def test_a_connection_that_is_missing_names_its_feed(tmp_path: Path) -> None:
    def unknown(connection: str) -> Endpoint:
        raise SourceFailed(f"no {connection}")

    for kind in ("sftp", "s3"):
        errand = Errand(feed_at(kind, "out", timedelta(0)), tmp_path, AS_OF, unknown)
        with pytest.raises(SourceFailed, match=r"^tax: no agency$"):
            connector_to(errand, tmp_path)


def test_a_dataset_without_its_pull_is_named_once(tmp_path: Path) -> None:
    own = Path(pipeline.__file__).parent / "feeds" / "tax.yml"
    text = own.read_text(encoding="utf-8").replace("connector: files", "connector: {kind: mysql, connection: x}")
    (tmp_path / "tax.yml").write_text(text, encoding="utf-8")

    (problem,) = contract_problems(tmp_path / "tax.yml")

    assert problem.startswith("dataset ratings, pull is missing: the connector 'mysql' must know")


def test_what_was_pulled_as_a_sample_is_told_as_it_is() -> None:
    files, rows = feed_at("sftp", "out", timedelta(0)), load_feeds()["tax"]
    rows = replace(rows, connector=SimpleNamespace(kind="mysql", connection="x"))  # type: ignore[arg-type]

    assert "no file of ratings lies there" in told_of_pull(files, "ratings", "")
    assert "ratings-2026.csv, the newest file of ratings, whole" in told_of_pull(files, "ratings", "ratings-2026.csv")
    assert "ratings holds no row" in told_of_pull(rows, "ratings", "")
    assert "at most 1000 rows" in told_of_pull(rows, "ratings", "ratings-sample.csv")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, "No such file", "/keys/one"), "No such file: /keys/one"),
        (OSError(None, "Unable to connect to port 9"), "Unable to connect to port 9"),
        (pymysql.OperationalError(1045, "Access denied\nfor user 'x'"), "Access denied for user 'x' (1045)"),
        (OSError("AWS Error"), "AWS Error"),
        (EOFError(), "EOFError"),
    ],
)
def test_a_reason_is_a_sentence_without_the_brackets_of_a_client(error: Exception, said: str) -> None:
    assert reason_of(error) == said


def test_a_day_without_news_is_published_all_the_same(
    paths: LakePaths, store_agency: Agency, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    row = CLEAN["tax.ratings"]
    (paths.root / "drop").mkdir()
    monkeypatch.setattr(pipeline, "load_feeds", lambda: {"tax": store_agency.feed()})
    monkeypatch.setattr(pipeline, "build", lambda paths, as_of: None)
    monkeypatch.setattr(pipeline, "publish", lambda *_: "a release")
    caplog.set_level(logging.INFO)

    def run(as_of: date) -> object:
        now = datetime.now(UTC)
        return pipeline.run(paths, paths.root / "drop", as_of, now, "test", lambda _: store_agency.endpoint)[0]

    with pytest.raises(pipeline.NothingAccepted, match="drop, tax was accepted as of 2026-10-31"):
        run(AS_OF)
    store_agency.put("ratings-2026-10.csv", "\n".join([",".join(row), ",".join(row.values()), ""]).encode())
    assert run(AS_OF) == "a release"
    assert run(AS_OF + timedelta(days=1)) == "a release"
    with pytest.raises(pipeline.NothingAccepted):
        run(AS_OF.replace(year=2020))
    assert caplog.text.count(": pulled ratings-2026-10.csv") == 1
