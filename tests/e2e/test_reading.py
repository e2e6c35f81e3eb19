"""What readers and auditors ask: any number back to its records, rows and files."""

from __future__ import annotations

import pytest
from creditlake.cli import main
from creditlake.contracts import load_feeds
from creditlake.lake import LakePaths
from creditlake.release import current

from tests.e2e.harness import query


def answer(capsys: pytest.CaptureFixture[str], paths: LakePaths, command: str, *arguments: str) -> str:
    """What a command says on stdout."""
    capsys.readouterr()
    assert main([command, f"--lake={paths.root}", *arguments]) == 0
    return capsys.readouterr().out


def test_a_record_leads_back_to_its_row_as_received(lake: LakePaths, capsys: pytest.CaptureFixture[str]) -> None:
    ((record_id, document, batch_id, row),) = query(
        current(lake),
        """select record_id, document_no, batch_id, source_row from mart_credit_records
           where feed = 'penalty' order by record_id limit 1""",
    )

    told = answer(capsys, lake, "explain", f"--record={record_id}")

    assert f"from row {row} of penalty/decisions-" in told
    assert told.count(document) >= 2  # the record's, and the row's own
    assert batch_id in told


def test_an_explained_row_names_no_person(lake: LakePaths, capsys: pytest.CaptureFixture[str]) -> None:
    release = current(lake)
    ids = query(release, "select record_id from mart_credit_records where feed = 'penalty' order by record_id limit 20")
    decisions = load_feeds()["penalty"].dataset("decisions")
    personal = {*decisions.of_kind("person_name"), *decisions.of_kind("person_id")}

    for (record_id,) in ids:
        told = answer(capsys, lake, "explain", f"--record={record_id}")
        assert not personal & {line.split()[0] for line in told.splitlines() if line.strip()}


def test_a_subject_is_explained_by_its_profile_records_and_points(
    lake: LakePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    ((uscc, score),) = query(
        current(lake),
        """select uscc, evaluation_score from mart_subjects inner join mart_subject_profiles using (subject_id)
           inner join mart_loan_scores using (subject_id)
           where score is not null order by uscc limit 1""",
    )

    told = answer(capsys, lake, "explain", f"--subject={uscc.lower()}")

    assert uscc in told and str(score) in told
    assert "loan score" in told


def test_a_batch_is_explained_by_where_its_rows_went(lake: LakePaths, capsys: pytest.CaptureFixture[str]) -> None:
    ((batch_id, landed, quarantined),) = query(
        current(lake),
        """select batch_id, rows_landed, rows_quarantined from mart_batch_ledger
           where rows_quarantined > 0 and dataset = 'decisions' order by batch_id limit 1""",
    )

    told = {
        line.split()[0]: line.split()[-1]
        for line in answer(capsys, lake, "explain", f"--batch={batch_id}").splitlines()
        if line.strip()
    }

    assert (told["rows_landed"], told["rows_quarantined"]) == (str(landed), str(quarantined))


def test_an_indicator_is_explained_up_to_the_total(lake: LakePaths, capsys: pytest.CaptureFixture[str]) -> None:
    ((code, parent),) = query(
        current(lake),
        """select indicator_code, parent_code from mart_city_credit_index
           where area_code = '150100' and period = '2026-10' and source_mode = 'computed' and level = 2
           order by indicator_code limit 1""",
    )

    told = answer(capsys, lake, "explain", f"--indicator={code}")

    assert code in told and parent in told and "definition" in told


def test_what_is_not_there_is_said(lake: LakePaths, capsys: pytest.CaptureFixture[str]) -> None:
    for question in ("--record=R", "--subject=X", "--batch=b", "--indicator=I"):
        assert main(["explain", f"--lake={lake.root}", question]) == 1
        assert "release" in capsys.readouterr().err or question == "--batch=b"


def test_status_tells_what_is_current_and_what_was_refused(lake: LakePaths, capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, lake, "status")

    assert current(lake).release_id in told
    assert "  refused  " in told
    assert "city credit index" in told
