"""Law L12: landing and bronze are the vault; persons' numbers are keyed hashes from bronze on; no mart has a person."""

from __future__ import annotations

import csv
import re
import stat
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from creditlake.bronze import Batch, load_bronze
from creditlake.connectors.files import Delivery
from creditlake.contracts import all_datasets
from creditlake.lake import LakePaths
from creditlake.landing import land

from tests.architecture.tree import DBT, ROOT, models_of, write_tree
from tests.conftest import AS_OF
from tests.unit.clean_rows import clean_row

INVENTED_NUMBER = "11010119900101001X"
KEY = "k" * 32


def permits_with_persons(folder: Path) -> Delivery:
    """A delivery of one permit of an invented natural person."""
    row = clean_row("licensing.permits", XK_XDR_LB="自然人", XK_XDR_SHXYM=None)
    row |= {"XK_XDR_ZJLX": "身份证", "XK_XDR_ZJHM": INVENTED_NUMBER, "XK_FR_ZJHM": " ", "XK_FR_SFZH": INVENTED_NUMBER}
    path = folder / "drop" / "licensing" / "permits-2026-03.csv"
    path.parent.mkdir(parents=True)
    with open(path, "w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(row))
        writer.writeheader()
        writer.writerow({name: value or "" for name, value in row.items()})
    return Delivery("licensing", "permits", path)


def test_l12_landing_and_bronze_are_closed_to_other_users(paths: LakePaths, tmp_path: Path) -> None:
    load_bronze(paths, land(paths, permits_with_persons(tmp_path)), AS_OF)

    modes = [stat.S_IMODE(path.stat().st_mode) for path in (paths.landing, paths.bronze)]

    assert modes == [0o700, 0o700]


def test_l12_the_key_of_the_hashes_is_readable_by_its_owner_alone(paths: LakePaths, tmp_path: Path) -> None:
    load_bronze(paths, land(paths, permits_with_persons(tmp_path)), AS_OF)

    assert stat.S_IMODE((paths.landing / "person.key").stat().st_mode) == 0o600


def test_l12_numbers_of_persons_are_keyed_hashes_from_bronze_on(
    paths: LakePaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDITLAKE_PERSON_KEY", KEY)

    (batch,) = load_bronze(paths, land(paths, permits_with_persons(tmp_path)), AS_OF)

    assert isinstance(batch, Batch)
    (row,) = pq.read_table(batch.rows_file(paths)).to_pylist()
    # printf '%s' 11010119900101001X | openssl dgst -sha256 -hmac <32 times k>, the first 32 characters
    assert row["XK_XDR_ZJHM"] == row["XK_FR_SFZH"] == "725f3ba007a684bc214a360a38755688"
    assert not (row["XK_FR_ZJHM"] or "").strip()
    assert INVENTED_NUMBER.encode() not in batch.rows_file(paths).read_bytes()


def test_l12_every_column_of_persons_numbers_is_declared_as_one() -> None:
    numbers = re.compile(r"(ZJHM|SFZH|身份证号|证件号码)")
    declared = {column.name: column.kind for dataset in all_datasets() for column in dataset.columns}

    found = {name: kind for name, kind in declared.items() if numbers.search(name)}

    assert found
    assert set(found.values()) == {"person_id"}


def models_with_persons(project: Path) -> list[str]:
    """Models that read a column of persons, by the agency's name or in our words, otherwise than to hash it at once."""
    kinds = ("person_id", "person_name")
    names = {name for dataset in all_datasets() for kind in kinds for name in dataset.of_kind(kind)}  # type: ignore[arg-type]
    words = re.compile("|".join([*map(re.escape, sorted(names)), r"\b(?:person|legal_representative)_\w+"]))
    hashed = re.compile(r"""representative='"\w+"'|hashed_person\('"\w+"'\)""")
    return [model.name for model in models_of(project) if words.search(hashed.sub("", model.sql))]


def test_l12_no_model_and_so_no_mart_reads_a_column_of_persons() -> None:
    assert models_with_persons(DBT) == []


@pytest.mark.parametrize("sql", ['select "CF_FRDB" as legal_person from x', "select person_name from x"])
def test_l12_a_model_that_reads_one_is_found(tmp_path: Path, sql: str) -> None:
    assert models_with_persons(write_tree(tmp_path, {"models/marts/p/mart_x.sql": sql})) == ["mart_x"]


def test_l12_the_one_way_to_read_a_person_is_a_hash(tmp_path: Path) -> None:
    sql = """select {{ subject_columns('"a"', representative='"CF_FRDB"') }}, {{ hashed_person('"决定人"') }} from x"""
    macro = (DBT / "macros" / "staging.sql").read_text(encoding="utf-8")

    assert models_with_persons(write_tree(tmp_path, {"models/staging/p/stg_x.sql": sql})) == []
    assert "else hashed_person(representative)" in macro
    assert re.search(r"macro hashed_person\(column\) -%}\nmd5\(replace\(", macro)


def test_l12_the_retention_of_the_vault_is_stated() -> None:
    text = (ROOT / "docs" / "retention.md").read_text(encoding="utf-8")

    assert {"landing", "bronze"} <= set(re.findall(r"`(\w+)/", text))
    assert re.search(r"\d+ (?:years|months|days)", text)
