"""The steps one by one: refused files are told, back-ups are proved, alerts reach people, dates and answers count."""

from __future__ import annotations

import json
import re
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException
from creditlake.connectors.endpoint import SourceFailed
from creditlake.lake import LakePaths
from creditlake.lake.backup import backup, read_backup
from creditlake.orchestration.notifier import reason_of
from creditlake.orchestration.overview import ERRORS

from tests.architecture.tree import ROOT
from tests.dags.conftest import Airflow
from tests.dags.test_release import alerts
from tests.e2e.harness import City, copy_of
from tests.unit.deliveries import drop_ratings, ratings_csv

EVENING = "2026-10-31T20:00:00+00:00"


def test_a_refused_file_stops_nothing_and_is_told(airflow: Airflow, paths: LakePaths, tmp_path: Path) -> None:
    drop_ratings(tmp_path, ratings_csv({}))
    drop_ratings(tmp_path, b"", "ratings-2026-09.csv")

    ran = airflow.run("ingest_tax", paths, tmp_path / "drop")

    counts = ran["xcoms"]["validate"]
    assert (ran["state"], counts["batches"], counts["rows_validated"]) == ("success", 2, 1)
    assert [(refused["file"], refused["reason"]) for refused in counts["refused"]] == [
        ("ratings-2026-09.csv", "zero_bytes")
    ]
    assert airflow.ask("events", asset="validated_tax")[-1] == counts
    assert [(alert["kind"], alert["file"]) for alert in alerts(paths)] == [("file_refused", "ratings-2026-09.csv")]


def test_a_feed_that_delivered_nothing_has_not_come(airflow: Airflow, paths: LakePaths, tmp_path: Path) -> None:
    before = airflow.ask("events", asset="validated_tax")

    ran = airflow.run("ingest_tax", paths, tmp_path)

    assert ran["states"]["validate"] == "skipped"
    assert airflow.ask("events", asset="validated_tax") == before


def test_a_connection_that_is_missing_is_said_where_to_enter_it(airflow: Airflow) -> None:
    said = airflow.ask("call", function="connections.endpoint", arguments=["tax_exchange"])

    assert said["raised"] == "SourceFailed"
    assert "管理 › 连接" in said["words"] and "AIRFLOW_CONN_TAX_EXCHANGE" in said["words"]


def test_whatever_a_step_gives_up_with_has_a_chinese_name_on_the_page() -> None:
    steps = (ROOT / "include" / "creditlake" / "orchestration").glob("*.py")
    listed = [re.findall(r"with final\(([^)]+)\)", step.read_text(encoding="utf-8")) for step in steps]

    names = {name.strip() for found in listed for names in found for name in names.split(",")} - {"SourceAlarm"}
    assert len(names) > 5 and names <= ERRORS.keys()


def test_an_alert_is_named_after_what_a_step_raised_and_not_after_a_cause_of_that() -> None:
    failed, final = SourceFailed("the server is down"), AirflowFailException("SourceFailed: the server is down")
    failed.__cause__, final.__cause__ = OSError("refused"), failed

    assert [reason_of(error) for error in (failed, final)] == [failed, failed]


def test_a_drop_folder_that_is_gone_is_no_feed_without_deliveries(
    airflow: Airflow, paths: LakePaths, tmp_path: Path
) -> None:
    settings = {"CREDITLAKE_LAKE": str(paths.root), "CREDITLAKE_DROP": str(tmp_path / "unmounted")}

    said = airflow.ask("call", settings, function="ingest.land", arguments=["tax"])

    assert said["raised"] == "FileNotFoundError"


def test_the_cut_off_names_the_feeds_that_have_not_delivered_this_month(
    airflow: Airflow, paths: LakePaths, tmp_path: Path
) -> None:
    drop_ratings(tmp_path, ratings_csv({}))
    airflow.run("ingest_tax", paths, tmp_path / "drop")

    said = airflow.run("feed_cutoff", paths, tmp_path / "drop")["xcoms"]["cut"]

    assert (said["feeds_this_month"], said["absent"]) == (
        1,
        [
            "commitments",
            "identity",
            "lending",
            "licensing",
            "lists",
            "objection",
            "penalty",
            "registration",
            "repair",
            "social_security",
        ],
    )


def test_an_approval_is_of_the_build_that_was_audited_and_no_later_one(airflow: Airflow, lake: LakePaths) -> None:
    said = airflow.ask(
        "call", {"CREDITLAKE_LAKE": str(lake.root)}, function="publishing.audited_build", arguments=["of yesterday"]
    )

    assert said["raised"] == "AuditFailed"
    assert "又有新的构建" in said["words"]


def test_a_backup_is_put_back_and_checked(airflow: Airflow, lake: LakePaths, village: City, tmp_path: Path) -> None:
    mine = copy_of(lake, tmp_path / "lake")

    ran = airflow.run("backup_lake", mine, village.drop)

    made = read_backup(mine.root / "backups" / ran["xcoms"]["back_up"])
    proof = ran["xcoms"]["prove_restore"]
    assert (ran["state"], proof["files"]) == ("success", len(made.sha256))
    assert proof["batches_restored"] > 11
    assert list(mine.scratch.iterdir()) == []


def test_a_damaged_backup_fails_its_proof(airflow: Airflow, lake: LakePaths, tmp_path: Path) -> None:
    mine = copy_of(lake, tmp_path / "lake")
    made = backup(mine, mine.root / "backups" / "one")
    victim = next(path for path in made.folder.rglob("*.parquet") if "data" in path.parts)
    victim.unlink()
    victim.write_bytes(b"nothing")

    said = airflow.ask("call", {"CREDITLAKE_LAKE": str(mine.root)}, function="keeping.prove", arguments=["one"])

    assert said["raised"] == "AirflowFailException"
    assert victim.name in said["words"]


@pytest.mark.parametrize(
    ("run", "day"),
    [
        ({"partition_key": "2026-10-29", "conf": {"as_of": "2026-10-30"}, "logical_date": EVENING}, "2026-10-29"),
        ({"partition_key": None, "conf": {"as_of": "2026-10-30"}, "logical_date": EVENING}, "2026-10-30"),
        ({"partition_key": None, "conf": {"as_of": None}, "logical_date": EVENING}, "2026-11-01"),
        ({"partition_key": None, "conf": None, "logical_date": None, "run_after": EVENING}, "2026-11-01"),
    ],
    ids=[
        "the partition key counts first",
        "then the form",
        "then the logical date there",
        "then its start",
    ],
)
def test_a_run_is_about_one_day(airflow: Airflow, run: dict[str, Any], day: str) -> None:
    assert airflow.ask("day", run=run) == day


@pytest.mark.parametrize(("chosen", "said"), [("通过", {"answer": None}), ("驳回", {"raised": "AirflowSkipException"})])
def test_only_an_approved_release_is_published(airflow: Airflow, chosen: str, said: dict[str, Any]) -> None:
    answer = {"chosen_options": [chosen], "responded_by_user": None}

    found = airflow.ask("call", function="approval.skip_unless_approved", arguments=[answer])

    assert said.items() <= found.items()


class Mailbox(socketserver.StreamRequestHandler):
    """As much of an SMTP server as one mail needs."""

    def handle(self) -> None:
        """Take one mail into the server's ``mails``."""
        self.wfile.write(b"220 here\r\n")
        for line in iter(self.rfile.readline, b""):
            word = line[:4].upper()
            self.wfile.write(b"354 go on\r\n" if word == b"DATA" else b"250 ok\r\n")
            if word == b"DATA":
                self.server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))  # type: ignore[attr-defined]
                self.wfile.write(b"250 taken\r\n")
            if word == b"QUIT":
                return


@pytest.fixture
def mailbox() -> Iterator[tuple[int, list[bytes]]]:
    """A mail server's port on this machine and the mails it took."""
    with socketserver.TCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.mails = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], server.mails  # type: ignore[attr-defined]
        server.shutdown()


def test_an_alert_is_mailed_without_the_words_of_the_error(
    airflow: Airflow, mailbox: tuple[int, list[bytes]], paths: LakePaths
) -> None:
    port, mails = mailbox
    extra = {"disable_ssl": True, "disable_tls": True, "from_email": "lake@example.org", "to": "duty@example.org"}
    connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": extra}
    entry = {"kind": "task_failed", "dag_id": "some_dag", "message": "row 7 holds a name"}

    said = airflow.ask(
        "call",
        {"AIRFLOW_CONN_CREDITLAKE_ALERTS": json.dumps(connection), "CREDITLAKE_LAKE": str(paths.root)},
        function="notifier.tell",
        arguments=[entry],
    )

    assert said == {"answer": None}
    assert alerts(paths)[-1]["message"] == "row 7 holds a name"
    assert len(mails) == 1
    assert b"some_dag" in mails[0] and b"duty@example.org" in mails[0] and b"holds a name" not in mails[0]
