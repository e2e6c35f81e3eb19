"""An agency may send corrected rows; letting a row in all the same is the data team's word alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from creditlake.cli import main
from creditlake.lake import LakePaths

from tests.unit.clean_rows import invented_uscc
from tests.unit.deliveries import RATINGS, ratings_csv
from tests.unit.test_ingest import ENUM, GOOD, query, take

WRONG = {"统一社会信用代码": invented_uscc(2), "信用等级": "E"}
CORRECTS = ("_corrects_batch_id", "_corrects_row")
WAIVES = ("_waived_rules", "_waived_by", "_waived_reason", "_waived_until")


@pytest.fixture
def batch_id(paths: LakePaths, tmp_path: Path) -> str:
    """The id of a batch whose second row is in quarantine."""
    return take(paths, tmp_path, ratings_csv(GOOD, WRONG)).entry.batch_id


def state(paths: LakePaths) -> object:
    return query(paths, "select _state from lake.quarantine.tax_ratings where _source_row = 2")[0][0]


def test_a_waiver_in_the_drop_is_refused_and_the_row_stays_open(
    paths: LakePaths, tmp_path: Path, batch_id: str
) -> None:
    waiver = dict(zip((*CORRECTS, *WAIVES), (batch_id, "2", ENUM, "本局", "无误", "2027-01-31"), strict=True))
    content = ratings_csv(WRONG | waiver, header=(*RATINGS, *CORRECTS, *WAIVES))

    entry = take(paths, tmp_path, content, name="ratings-2026-10-b.csv").entry

    assert entry.status == "refused"
    assert "row 1: a rule is waived by the data team alone" in str(entry.reason)
    assert state(paths) == "open"


def test_a_correction_in_the_drop_closes_the_row(paths: LakePaths, tmp_path: Path, batch_id: str) -> None:
    correction = WRONG | {"信用等级": "B", "_corrects_batch_id": batch_id, "_corrects_row": "2"}
    content = ratings_csv(correction, header=(*RATINGS, *CORRECTS))

    assert take(paths, tmp_path, content, name="ratings-2026-10-b.csv").entry.rows_validated == 1

    assert state(paths) == "corrected"


def test_a_waiver_that_ends_before_the_day_it_is_given_is_none(
    paths: LakePaths, batch_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    where = [f"--lake={paths.root}", "--dataset=tax.ratings", f"--batch={batch_id}", "--row=2"]

    assert main(["waive", *where, "--by=王", "--reason=因", "--until=2026-10-30", "--as-of=2026-10-31"]) == 1

    assert "has ended before 2026-10-31" in capsys.readouterr().err
    assert state(paths) == "open"
