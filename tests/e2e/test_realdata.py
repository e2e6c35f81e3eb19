"""The real registration rows of the city, read beside the project: every row is understood or said to be unknown."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest
from creditlake.identity.identifiers import is_uscc
from creditlake.lake import LakePaths, reading

from tests.e2e.harness import run

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "registration" / "registration_hohhot_real.csv.gz"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not REAL.exists(), reason="the real rows (../shared/data/registration) are not on this machine"),
]
ROWS = 8097
NINE_DISTRICTS = {"150102", "150103", "150104", "150105", "150121", "150122", "150123", "150124", "150125"}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    folder = tmp_path_factory.mktemp("real")
    target = folder / "drop" / "registration" / "subjects-2026-10.csv"
    target.parent.mkdir(parents=True)
    target.write_bytes(gzip.decompress(REAL.read_bytes()))
    paths = LakePaths(folder / "lake")
    assert run(paths, folder / "drop") == 0
    return paths


def rows(paths: LakePaths, statement: str) -> list[tuple[object, ...]]:
    with reading(paths) as connection:
        return connection.execute(statement).fetchall()


def test_every_real_row_is_landed_and_validated(lake: LakePaths) -> None:
    counted = "select rows_landed, rows_validated, rows_quarantined, rows_refused from lake.ops.batches"

    assert rows(lake, counted) == [(ROWS, ROWS, 0, 0)]


def test_every_real_code_is_valid_and_a_subject(lake: LakePaths) -> None:
    codes = [str(code) for (code,) in rows(lake, "select uscc from lake.intermediate.int_subjects")]

    assert len(set(codes)) == len(codes) == ROWS
    assert all(map(is_uscc, codes))


def test_capital_is_unknown_only_where_the_source_gives_none(lake: LakePaths) -> None:
    ((without, foreign, yuan),) = rows(
        lake,
        """select count(*) filter (where registered_capital_amount is null),
            count(*) filter (where registered_capital_amount is not null and registered_capital_currency <> 'CNY'),
            count(registered_capital_yuan)
        from lake.intermediate.int_subjects""",
    )

    assert without == 1404
    assert foreign and yuan == ROWS - 1404 - int(str(foreign))


def test_the_area_is_found_or_left_unknown(lake: LakePaths) -> None:
    areas = Counter(code for (code,) in rows(lake, "select district_code from lake.intermediate.int_subjects"))

    assert set(areas) <= NINE_DISTRICTS | {"150172", None}
    assert 1 - areas[None] / ROWS >= 0.97
    assert sum(areas[code] for code in NINE_DISTRICTS) / ROWS >= 0.88
