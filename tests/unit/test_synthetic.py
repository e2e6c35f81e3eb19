"""The synthetic city itself: its bytes, its shares, its identifiers, and what it leaves alone."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from creditlake.contracts import all_datasets
from creditlake.identity.identifiers import is_id_number, is_org_code, is_registration_no, is_uscc, org_code_in
from creditlake.synthetic import NotOurFolder, generate
from creditlake.synthetic.parts import PART_SUBJECTS

UNTIL = date(2026, 10, 31)
ROW_FAULTS = {
    "quarantined": {
        "wrong_check_digit", "missing_field", "unknown_value", "future_date", "end_before_start", "amount_against_text",
        "yuan_for_wan", "duplicate_row", "key_conflict", "shifted_columns", "wrong_registration_no",
        "outside_catalogue", "repair_result_revoked",
    },
    "normalised": {"lower_case_code", "full_width_code", "gb18030_file", "bom_file"},
    "file_refused": {"unknown_column", "column_absent", "no_header", "truncated_file", "html_page", "empty_file"},
    "warning": {"late_report", "late_acceptance", "late_answer", "odd_inner_check_digit"},
    "modelled": {"unknown_subject", "after_deregistration"},
}  # fmt: skip


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's city: 2,000 subjects, a year."""
    folder = tmp_path_factory.mktemp("city")
    generate(2000, 20261031, folder, months=12, until=UNTIL, processes=1)
    return folder


def truth(city: Path, name: str) -> list[dict[str, Any]]:
    """The rows of one table of the truth."""
    rows: list[dict[str, Any]] = pq.read_table(city / "truth" / f"{name}.parquet").to_pylist()
    return rows


def good_files(city: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Name and rows of every file that is not to be refused."""
    strange = {fault["file"]: fault["kind"] for fault in truth(city, "faults") if fault["source_row"] is None}
    for path in sorted((city / "drop").rglob("*.csv")):
        name = path.relative_to(city / "drop").as_posix()
        encoding = {"gb18030_file": "gb18030", "bom_file": "utf-8-sig", None: "utf-8"}.get(strange.get(name))
        if encoding:
            with open(path, encoding=encoding, newline="") as handle:
                yield name, list(csv.DictReader(handle))


def hashes(folder: Path) -> dict[str, str]:
    """Hash of every file below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_order_gives_the_same_bytes_whatever_the_number_of_processes(tmp_path: Path) -> None:
    subjects = PART_SUBJECTS + 500

    for name, processes in (("one", 1), ("two", 2)):
        generate(subjects, 3, tmp_path / name, months=2, until=UNTIL, processes=processes)

    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


def test_another_seed_gives_another_city(tmp_path: Path) -> None:
    for seed in (1, 2):
        generate(50, seed, tmp_path / str(seed), months=1, until=UNTIL)

    one, two = (set(hashes(tmp_path / str(seed)).values()) for seed in (1, 2))
    assert len(one & two) <= 2  # a web page and an empty file are the same everywhere


def test_every_dataset_comes_with_the_columns_of_its_contract(city: Path) -> None:
    columns = {name.rsplit("-", 2)[0]: tuple(rows[0]) for name, rows in good_files(city)}

    assert columns == {f"{dataset.feed}/{dataset.name}": dataset.column_names for dataset in all_datasets()}


def test_the_first_file_of_the_register_holds_the_whole_register_and_later_ones_what_changed(city: Path) -> None:
    sizes = [len(rows) for name, rows in good_files(city) if name.startswith("registration/subjects")]

    assert sizes[0] > 1700
    assert all(0 < size < 200 for size in sizes[1:])


def test_every_kind_of_fault_is_there_and_ends_at_its_place(city: Path) -> None:
    kinds = defaultdict[str, set[str]](set)
    for fault in truth(city, "faults"):
        kinds[fault["place"]].add(fault["kind"])

    assert kinds == ROW_FAULTS


def test_every_kind_of_faulty_row_is_at_least_one_in_a_thousand_of_its_dataset(city: Path) -> None:
    rows = Counter[str]()
    for name, found in good_files(city):
        rows[name.rsplit("-", 2)[0]] += len(found)
    faults = {
        (f"{f['feed']}/{f['dataset']}", f["kind"], f["file"], f["source_row"])
        for f in truth(city, "faults")
        if f["source_row"] is not None
    }
    counted = Counter((dataset, kind) for dataset, kind, *_ in faults)

    assert {pair: n for pair, n in counted.items() if n < rows[pair[0]] / 1000} == {}


def test_most_rows_of_every_dataset_are_clean(city: Path) -> None:
    rows, lost = Counter[str](), Counter[str]()
    for name, found in good_files(city):
        rows[name.rsplit("-", 2)[0]] += len(found)
    for file, _ in {(f["file"], f["source_row"]) for f in truth(city, "faults") if f["place"] == "quarantined"}:
        lost[file.rsplit("-", 2)[0]] += 1

    assert all(lost[dataset] <= 0.7 * count for dataset, count in rows.items())
    assert lost.total() < 0.05 * rows.total()


def test_every_subject_has_a_valid_code_of_a_series_that_is_never_issued(city: Path) -> None:
    subjects = truth(city, "subjects")

    assert len({subject["uscc"] for subject in subjects}) == len(subjects) == 2000
    assert all(is_uscc(subject["uscc"]) and subject["uscc"][8:10] == "YY" for subject in subjects)
    assert [is_org_code(org_code_in(s["uscc"])) for s in subjects] == [not s["has_odd_code"] for s in subjects]
    numbers = [s["registration_no"] for s in subjects if s["registration_no"]]
    assert len(set(numbers)) == len(numbers) > 1000
    assert all(is_registration_no(number) and number.startswith("159999") for number in numbers)


def test_natural_persons_are_nobody(city: Path) -> None:
    persons = [
        (row[f"{prefix}_XDR_MC"], row[f"{prefix}_XDR_ZJHM"])
        for name, rows in good_files(city)
        for prefix in [{"penalty": "CF", "licensing": "XK"}.get(name.split("/")[0], "")]
        for row in rows
        if prefix and row[f"{prefix}_XDR_LB"] == "自然人"
    ]

    assert persons
    assert all(re.fullmatch(".某.", name) for name, _ in persons)
    assert all(is_id_number(number) and number.startswith("99999918000101") for _, number in persons)


def test_a_record_names_its_subject_as_the_truth_says(city: Path) -> None:
    subjects = {subject["uscc"]: subject for subject in truth(city, "subjects")}
    rows = {name: found for name, found in good_files(city) if name.startswith("penalty/")}
    damaged = {
        (f["file"], f["source_row"]) for f in truth(city, "faults") if f["place"] in ("quarantined", "normalised")
    }
    seen = Counter[str]()

    for record in truth(city, "records"):
        if record["feed"] != "penalty" or (record["file"], record["source_row"]) in damaged:
            continue
        row = rows[record["file"]][record["source_row"] - 1]
        seen[record["identity"]] += 1
        if record["identity"] == "clean_uscc":
            assert row["CF_XDR_SHXYM"] == record["uscc"]
        elif record["identity"] == "org_code_only":
            assert row["CF_XDR_ZZJG"].replace("-", "") == org_code_in(record["uscc"])
        elif record["identity"] == "registration_no_only":
            assert row["CF_XDR_GSZC"] == subjects[record["uscc"]]["registration_no"]
        elif record["identity"] == "tax_no_15":
            assert row["CF_XDR_SWDJ"] == record["uscc"][2:17]
        else:
            assert record["uscc"] is None
            assert row["CF_XDR_SHXYM"] not in subjects
    assert seen.keys() >= {"clean_uscc", "org_code_only", "tax_no_15", "natural_person", "unknown_subject"}


def test_the_hidden_compliance_orders_the_outcome(city: Path) -> None:
    subjects = sorted(truth(city, "subjects"), key=lambda subject: float(subject["compliance"]))
    worst, best = subjects[:500], subjects[-500:]

    assert sum(s["defaulted"] for s in worst) > 10 * sum(s["defaulted"] for s in best)
    assert 0.05 < sum(s["defaulted"] for s in subjects) / len(subjects) < 0.3


def test_no_subject_of_the_quarantined_register_rows_is_in_another_file(city: Path) -> None:
    lost = {subject["uscc"] for subject in truth(city, "subjects") if not subject["is_registered"]}

    assert lost
    assert lost.isdisjoint(record["uscc"] for record in truth(city, "records"))


@pytest.mark.parametrize("months", [1, 2, 30])
def test_a_village_of_any_length_can_be_made(tmp_path: Path, months: int) -> None:
    summary = generate(30, 9, tmp_path / "village", months=months, until=date(2026, 3, 9))

    assert len(summary.months) == months
    assert summary.months[-1] == "2026-03"
    assert summary.rows["registration.subjects"] >= 30


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()

    with pytest.raises(NotOurFolder, match="letters"):
        generate(30, 9, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


def test_a_city_is_replaced_by_the_next_one_as_a_whole(tmp_path: Path) -> None:
    generate(30, 9, tmp_path, months=3, until=UNTIL)

    generate(30, 9, tmp_path, months=1, until=UNTIL)

    months = {path.stem[-7:] for path in (tmp_path / "drop" / "registration").glob("subjects-????-??.csv")}
    assert months == {"2026-10"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["drop", "truth"]
