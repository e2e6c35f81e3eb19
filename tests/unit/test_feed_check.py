"""``creditlake feed check``: every mistake named, a sample judged as it would be, and nothing left behind."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from creditlake.cli import main

from tests.architecture.tree import ROOT, write_tree
from tests.unit.clean_rows import clean_row, invented_uscc

PERSON, NUMBER = "测某某", "11010119900101001X"
CONTRACT = """
name: water
title: 供水
publisher: 供水公司
owner: 供水专员
legal_basis: 城市供水条例
schedule: "0 3 * * *"
connector: files
datasets:
  arrears:
    title: 水费欠缴
    key: [户号]
    subject: {uscc: 统一社会信用代码}
    rows: {min: 1, max: 10}
    columns:
      统一社会信用代码: {kind: code}
      户号: {}
      抄表日期: {kind: date, optional: true}
"""
SUITE = """
name: water
datasets:
  arrears:
    groups:
      - type: expect_column_values_to_not_be_null
        severity: critical
        basis: 城市供水条例
        rules:
          required.户号: 户号必须填写
"""


def project(folder: Path, contract: str = CONTRACT, suite: str = SUITE) -> str:
    """A contract far from the project, with its suite beside it; return its path."""
    write_tree(folder, {"feeds/water.yml": contract, "expectations/water.yml": suite})
    return str(folder / "feeds" / "water.yml")


def sample(folder: Path, name: str, *lines: str) -> str:
    """A sample with these lines under the contract's header."""
    return str(write_tree(folder, {name: "\n".join(["统一社会信用代码,户号", *lines, ""])}) / name)


def check(*arguments: str) -> int:
    """Run the command as of a fixed day."""
    return main(["feed", "check", "--as-of=2026-10-31", *arguments])


def test_a_declared_feed_is_found_by_its_name_and_nothing_is_left_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("lending", "--strict") == 0

    said = capsys.readouterr().out
    assert "lending" in said
    assert "to do" not in said


def test_a_sample_is_judged_and_rows_are_told_by_number_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"{invented_uscc(1)},A1", f"{invented_uscc(2)},", f"{invented_uscc(3)},A3", f"{invented_uscc(4)},"]

    assert check(project(tmp_path), "--sample", sample(tmp_path, "arrears-2026-10.csv", *rows)) == 0

    said = capsys.readouterr().out.splitlines()
    assert "sample arrears-2026-10.csv: water.arrears, delivered 2026-10-31" in said
    assert "  accepted     2" in said
    assert "  quarantined  2" in said
    (broken,) = [line.split() for line in said if "required" in line and "water." in line]
    assert broken == ["water.arrears.required.户号", "户号必须填写", "critical", "2", "2", "4"]
    left_out = "抄表日期, 提供日期, 前置库数据批次号, 前置库数据主键, 增删改标志"
    assert f"optional and absent: {left_out}" in [line.strip() for line in said]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("arrears.csv", "统一社会信用代码,户号,水表号\na,b,c\n", "not in the contract: 水表号"),
        ("arrears.csv", "统一社会信用代码\na\n", "required and absent: 户号"),
        ("arrears.csv", "统一社会信用代码,户号,户号\na,b,c\n", "twice: 户号"),
        ("arrears.csv", "统一社会信用代码,户号\n", "too_few_rows"),
        ("arrears.csv", "", "zero_bytes"),
        ("arrears.pdf", "x", "unknown_format"),
        ("bills.csv", "统一社会信用代码,户号\na,b\n", "unknown_dataset"),
    ],
)
def test_a_sample_that_would_be_refused_says_why_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, reason: str
) -> None:
    write_tree(tmp_path, {name: content})

    assert check(project(tmp_path), "--sample", str(tmp_path / name)) == 1

    told = capsys.readouterr()
    assert reason in told.out
    assert "refused" in told.out
    assert told.err.splitlines()[-1] == "creditlake: of the samples, 1 would be refused"


def test_each_member_of_an_archive_is_told_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "arrears.zip", "w") as archive:
        archive.writestr("a.csv", f"统一社会信用代码,户号\n{invented_uscc(1)},A1\n")
        archive.writestr("b.csv", "户号\nA1\n")

    assert check(project(tmp_path), "--sample", str(tmp_path / "arrears.zip")) == 1

    said = capsys.readouterr().out
    assert "sample arrears.zip/a.csv" in said
    assert "accepted     1" in said
    assert "required and absent: 统一社会信用代码" in said


def test_a_sample_of_a_later_day_is_left_for_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = sample(tmp_path, "arrears-2026-11.csv", f"{invented_uscc(1)},A1")

    assert check(project(tmp_path), "--sample", later) == 0
    assert "later than as-of" in capsys.readouterr().out


@pytest.mark.parametrize("with_header", [True, False])
def test_no_value_of_a_person_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str], with_header: bool) -> None:
    row = clean_row("licensing.permits", XK_XDR_MC=PERSON, XK_XDR_LB="自然人", XK_XDR_SHXYM=None, XK_NR=None)
    row |= {"XK_XDR_ZJLX": "身份证", "XK_XDR_ZJHM": NUMBER}
    with open(tmp_path / "permits-2026-03.csv", "w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([list(row)] * with_header + [[value or "" for value in row.values()]] * 2)

    assert check("licensing", "--sample", str(tmp_path / "permits-2026-03.csv")) == (0 if with_header else 1)

    told = capsys.readouterr()
    assert ("licensing.permits.required.XK_NR" if with_header else "missing_header") in told.out
    assert PERSON not in told.out + told.err
    assert NUMBER not in told.out + told.err


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("owner: 供水专员", "owners: 供水专员", "the feed: unknown key 'owners'"),
        ("owner: 供水专员\n", "", "the feed: owner is missing"),
        ("publisher: 供水公司", "publisher: ' '", "the feed: publisher says nothing"),
        ("legal_basis: 城市供水条例", "legal_basis:", "the feed: legal_basis says nothing"),
        ("name: water", "name: steam", "the path is the name"),
        ("0 3 * * *", "0 25 * * *", "'0 25 * * *' is no cron expression"),
        ("{kind: code}", "{kind: codes}", "kind 'codes' is none of text, code"),
        ("{kind: code}", "{sort: code}", "column 统一社会信用代码: unknown key 'sort'"),
        ("户号: {}", "户号:", "column 户号: write {}"),
        ("户号: {}", "提供日期: {}", "every dataset has it by itself"),
        ("key: [户号]", "key: [户口]", "key: '户口' is no column of it"),
        ("{uscc: 统一社会信用代码}", "{uscc: 代码}", "subject: uscc is '代码', which is no column of it"),
        ("{uscc: 统一社会信用代码}", "{}", "subject: uscc is missing"),
        ("key: [户号]", "key: [户号]\n    document_date: 户号", "document_date is '户号', which is no date"),
        ("key: [户号]", "key: [户号]\n    document_date: 日", "document_date is '日', which is no column of it"),
        ("{min: 1, max: 10}", "{min: 11, max: 10}", "rows: 11 to 10 holds nothing"),
        ("{min: 1, max: 10}", "{min: 1}", "rows: max is missing"),
        ("户号: {}", "户号: {}\n      户号: {}", "'户号' stands twice"),
        ("  arrears:", "  Arrears:", "dataset Arrears: the name is no small word"),
        ("datasets:", "datasets: [", "it is no YAML"),
    ],
)
def test_a_mistake_in_a_contract_is_named_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, problem: str
) -> None:
    assert old in CONTRACT

    assert check(project(tmp_path, CONTRACT.replace(old, new))) == 1

    assert problem in capsys.readouterr().out


def test_all_mistakes_are_named_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = CONTRACT.replace("0 3 * * *", "never").replace("kind: date", "kind: day").replace("[户号]", "[户口]")

    assert check(project(tmp_path, wrong)) == 1

    assert capsys.readouterr().err.splitlines()[-1] == "creditlake: water.yml: 3 problems; no sample was read"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("required.户号", "required.户口", "the contract has no column '户口'"),
        ("required.户号", "need.户号", "'need' is no kind of rule"),
        ("critical", "grave", "severity 'grave'"),
        ("  arrears:", "  bills:", "the contract has no dataset 'bills'"),
        ("name: water", "name: steam", "its name is 'steam'"),
        ("not_be_null", "be_wet", "be_wet"),
        (
            "type: expect_column_values_to_not_be_null",
            "type: expect_row_to_satisfy\n        sql: 水表号 is null",
            "水表号",
        ),
    ],
)
def test_a_mistake_in_the_suite_is_found_without_a_sample(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, problem: str
) -> None:
    assert check(project(tmp_path, suite=SUITE.replace(old, new))) == 1

    assert problem in capsys.readouterr().out


def test_what_is_missing_is_to_do_and_a_no_only_when_strict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    contract = project(tmp_path)

    assert check(contract) == 0
    assert [line.strip() for line in capsys.readouterr().out.splitlines()[-8:]] == [
        "water has no module in synthetic/",
        "water.arrears is not staged",
        "water.arrears has no fixture",
        "water.arrears is no source in dbt_project/models/staging/water/_sources.yml",
        "water.arrears is not described in dbt_project/models/staging/water/_water.yml",
        "water.arrears has no line in dbt_project/macros/declared_datasets.sql",
        "the feed water has no row in dbt_project/seeds/ref_code_values.csv",
        "the dataset arrears has no row in dbt_project/seeds/ref_code_values.csv",
    ]
    assert check(contract, "--strict") == 1


def test_without_a_suite_a_sample_cannot_be_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    contract = project(tmp_path)
    (tmp_path / "expectations" / "water.yml").unlink()

    assert check(contract) == 0
    assert "water.arrears has no suite" in capsys.readouterr().out
    assert check(contract, "--sample", sample(tmp_path, "arrears.csv", f"{invented_uscc(1)},A1")) == 1
    assert "there is no suite yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["feed"],
        ["feed", "check"],
        ["feed", "check", "nobody"],
        ["feed", "check", "nowhere/water.yml"],
        ["feed", "check", "tax", "--sample", "nowhere.csv"],
        ["feed", "check", "tax", "--as-of", "soon"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_end_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)

    assert end.value.code == 2


def state(*folders: Path) -> dict[str, tuple[int, int]]:
    """Every path below some folders with its size and time of change, but for Python's own caches."""
    paths = [path for folder in folders for path in folder.rglob("*") if "__pycache__" not in path.parts]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in paths}


def test_nothing_outlives_the_check(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("home", "tmp", "here")}
    for folder in folders.values():
        folder.mkdir()
    contract = project(tmp_path)
    rows = sample(tmp_path, "arrears-2026-10.csv", f"{invented_uscc(1)},A1", f"{invented_uscc(2)},")
    of_project = [ROOT / name for name in ("include", "dbt_project", "expectations", "tests", "docs")]
    before = state(tmp_path, *of_project)

    done = subprocess.run(
        [sys.executable, "-B", "-m", "creditlake.cli", "feed", "check", contract, "--sample", rows],
        env=os.environ | {"HOME": str(folders["home"]), "TMPDIR": str(folders["tmp"]), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=folders["here"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "quarantined  1" in done.stdout
    after = state(tmp_path, *of_project)
    moved = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert moved <= {str(folders["tmp"])}  # the scratch folder came and went in it
    assert list(folders["tmp"].iterdir()) == []
