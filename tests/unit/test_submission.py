"""Handing up to the regional platform: what it must be told of a period, in the standard's form."""

from __future__ import annotations

import csv
import hashlib
import shutil
from datetime import date
from pathlib import Path

import pytest
from creditlake.cli import main
from creditlake.lake import LakePaths, reading
from creditlake.submission import before_day, read_receipt, submit

from tests.unit.clean_rows import OFFICE, PARTY, clean_row
from tests.unit.submissions import (
    APRIL,
    APRIL_CSV,
    FIRST_OF_APRIL,
    FIRST_OF_MARCH,
    MARCH,
    MARCH_CSV,
    NUMBER,
    deliver,
    lake_of_two_months,
    part,
    penalty,
    record_id,
    told,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with penalties of March and April; only to be copied."""
    return lake_of_two_months(tmp_path_factory.mktemp("made")).root


@pytest.fixture
def paths(made: Path, tmp_path: Path) -> LakePaths:
    """That lake, to be changed."""
    return LakePaths(shutil.copytree(made, tmp_path / "lake"))


def test_a_row_is_handed_up_in_the_columns_and_the_form_of_the_standard(paths: LakePaths, tmp_path: Path) -> None:
    submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "out")

    header, *rows = (tmp_path / "out" / MARCH_CSV).read_bytes().decode().split("\r\n")
    name, office = "呼和浩特市测试商贸有限公司", "新城区市场监督管理局"
    number = record_id("penalty|decisions", "测罚〔2026〕1号", OFFICE, name)
    assert header == (
        "CF_XDR_MC,CF_XDR_LB,CF_XDR_SHXYM,CF_XDR_GSZC,CF_XDR_ZZJG,CF_XDR_SWDJ,CF_XDR_SYDW,CF_XDR_SHZZ,"
        "CF_FRDB,CF_FR_ZJLX,CF_FR_ZJHM,CF_FR_SFZH,CF_XDR_ZJLX,CF_XDR_ZJHM,CF_WSH,CF_WFXW,CF_SY,CF_YJ,CF_CFLB,CF_NR,"
        "CF_NR_FK,CF_NR_WFFF,CF_NR_ZKDX,CF_JDRQ,CF_YXQ,CF_GSJZQ,CF_CFJG,CF_CFJGDM,CF_SJLY,CF_SJLYDM,BZ,"
        "提供日期,前置库数据批次号,前置库数据主键,增删改标志"
    )
    assert (
        f"{name},法人及非法人组织,{PARTY},,,,,,张某,身份证,,,,,测罚〔2026〕1号,未按规定明码标价,当事人未明码标价,"
        "价格法第四十二条,警告;罚款,警告，并处罚款2000元,0.2,,,2026/03/02,2099/12/31,2027/03/02,"
        f"{office},{OFFICE},呼和浩特市市场监督管理局,{OFFICE},,2026/03/31,20260301-20260331,{number},i"
    ) in rows


def test_only_rows_that_passed_are_handed_up_and_the_receipt_accounts_for_the_others(
    paths: LakePaths, tmp_path: Path
) -> None:
    receipt = submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "out").receipt

    assert told(tmp_path / "out", MARCH_CSV) == [(f"测罚〔2026〕{n}号", "0.2", "i") for n in (1, 2, 3)]
    march = part(receipt)
    assert (march["rows_landed"], march["rows"], march["inserted"]) == (5, 3, 3)
    assert {reason: rows for reason, rows in march["left_out"].items() if rows} == {
        "natural_person": 1,
        "quarantined": 1,
    }
    assert march["columns_left_empty"] == ["CF_FR_ZJHM", "CF_FR_SFZH", "CF_XDR_ZJHM"]
    assert [batch["rows_landed"] for batch in march["batches"]] == [5]


def test_the_next_period_says_what_is_new_what_changed_and_what_is_withdrawn(paths: LakePaths, tmp_path: Path) -> None:
    receipt = submit(paths, FIRST_OF_APRIL, APRIL, tmp_path / "out").receipt

    assert told(tmp_path / "out", APRIL_CSV) == [
        ("测罚〔2026〕2号", "0.2", "d"),
        ("测罚〔2026〕3号", "0.3", "u"),
        ("测罚〔2026〕6号", "0.2", "i"),
    ]
    assert part(receipt)["left_out"]["never_handed_up"] == 1


def test_one_hand_over_of_both_months_tells_only_the_last_state(paths: LakePaths, tmp_path: Path) -> None:
    receipt = submit(paths, FIRST_OF_MARCH, APRIL, tmp_path / "out").receipt

    assert told(tmp_path / "out", "penalty.decisions-2026-03-01_2026-04-30.csv") == [
        ("测罚〔2026〕1号", "0.2", "i"),
        ("测罚〔2026〕3号", "0.3", "i"),
        ("测罚〔2026〕6号", "0.2", "i"),
    ]
    # superseded: 2 and 3 of March; never handed up: the withdrawals of 2 and 7
    assert part(receipt)["left_out"] == {
        "refused": 0,
        "quarantined": 1,
        "superseded": 2,
        "never_handed_up": 2,
        "natural_person": 1,
        "waived": 0,
    }


def test_no_identity_number_and_no_hash_of_one_leaves_the_lake(paths: LakePaths, tmp_path: Path) -> None:
    submit(paths, FIRST_OF_MARCH, APRIL, tmp_path / "out")
    with reading(paths) as lake:
        hashed = lake.execute("select distinct CF_FR_ZJHM from lake.validated.penalty_decisions where CF_FR_ZJHM <> ''")
        hashes = [row[0] for row in hashed.fetchall()]

    written = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    assert len(hashes) == 1
    assert not [text for text in (NUMBER, "李某", *hashes) if text.encode() in written]


def test_a_delivery_that_came_after_its_month_was_handed_up_is_in_the_next_hand_over(
    paths: LakePaths, tmp_path: Path
) -> None:
    submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "march")
    late = penalty(8, 提供日期="2026-03-20")
    deliver(paths, tmp_path / "drop", "penalty.decisions", "decisions-late.csv", late)

    after = read_receipt(tmp_path / "march" / "receipt.json")
    receipt = submit(paths, after, APRIL, tmp_path / "april").receipt

    assert ("测罚〔2026〕8号", "0.2", "i") in told(tmp_path / "april", APRIL_CSV)
    assert (part(receipt)["inserted"], part(receipt)["updated"], part(receipt)["withdrawn"]) == (2, 1, 1)
    assert receipt["after_receipt_sha256"] == hashlib.sha256((tmp_path / "march/receipt.json").read_bytes()).hexdigest()


def test_a_version_older_than_the_one_handed_up_changes_nothing(paths: LakePaths, tmp_path: Path) -> None:
    submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "march")
    deliver(paths, tmp_path / "drop", "penalty.decisions", "decisions-old.csv", penalty(1, 提供日期="2026-03-05"))

    receipt = submit(paths, read_receipt(tmp_path / "march" / "receipt.json"), APRIL, tmp_path / "april").receipt

    assert "测罚〔2026〕1号" not in {row[0] for row in told(tmp_path / "april", APRIL_CSV)}
    assert part(receipt)["left_out"]["superseded"] == 1


def test_a_record_that_became_a_natural_persons_is_withdrawn_with_what_was_handed_up(
    paths: LakePaths, tmp_path: Path
) -> None:
    person = penalty(1, CF_XDR_LB="自然人", CF_XDR_SHXYM=None, CF_SY="另一说法", 提供日期="2026-05-06")
    deliver(paths, tmp_path / "drop", "penalty.decisions", "decisions-2026-05.csv", person)

    receipt = submit(paths, before_day(date(2026, 5, 1)), date(2026, 5, 31), tmp_path / "out").receipt

    (file,) = (tmp_path / "out").glob("*.csv")
    with open(file, encoding="utf-8", newline="") as handle:
        (row,) = csv.DictReader(handle)
    assert (row["CF_XDR_LB"], row["CF_SY"], row["增删改标志"]) == ("法人及非法人组织", "当事人未明码标价", "d")
    assert part(receipt)["withdrawn"] == part(receipt)["rows_landed"] == 1


def test_a_waived_row_is_not_handed_up_for_it_did_not_pass(paths: LakePaths, tmp_path: Path) -> None:
    batch = part(submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "march").receipt)["batches"][0]["batch_id"]
    who = [
        "--by=王审核",
        "--reason=事实成立",
        "--until=2027-01-01",
        "--as-of=2026-05-10",
        f"--batch={batch}",
        "--row=5",
    ]
    assert main(["waive", f"--lake={paths.root}", "--dataset=penalty.decisions", *who]) == 0

    receipt = submit(paths, before_day(date(2026, 3, 1)), date(2026, 5, 31), tmp_path / "out").receipt

    assert part(receipt)["left_out"]["waived"] == 1
    name = "penalty.decisions-2026-03-01_2026-05-31.csv"
    assert "测罚〔2026〕5号" not in {row[0] for row in told(tmp_path / "out", name)}


def test_lists_are_handed_up_in_their_own_columns(paths: LakePaths, tmp_path: Path) -> None:
    row = clean_row("registration.abnormal", 移出日期="2026/3/9", 移出原因="列入事由消除")
    deliver(paths, tmp_path / "drop", "registration.abnormal", "abnormal-2026-03.csv", row)

    submit(paths, FIRST_OF_MARCH, MARCH, tmp_path / "out")

    lines = (
        (tmp_path / "out" / "registration.abnormal-2026-03-01_2026-03-31.csv").read_text(encoding="utf-8").splitlines()
    )
    name = "呼和浩特市测试商贸有限公司"
    assert lines == [
        "统一社会信用代码,企业名称,列入日期,列入原因,作出决定机关(列入),移出日期,移出原因,作出决定机关(移出),"
        "提供日期,前置库数据批次号,前置库数据主键,增删改标志",
        f"{PARTY},{name},20260302,通过登记的住所或者经营场所无法联系,新城区市场监督管理局,20260309,列入事由消除,,"
        f"20260331,20260301-20260331,{record_id('registration|abnormal', PARTY, '2026-03-02')},i",
    ]
