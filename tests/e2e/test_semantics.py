"""What a delivery means, on hand-made rows: which version counts, when, for how long, and under which law.

Many cases share one drop; each has a subject of its own, so that each fact is read off one row of the release.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from creditlake.cli import main
from creditlake.lake import LakePaths, reading
from creditlake.release import Release, current

from tests.e2e.harness import copy_of, mart_hashes, query, run
from tests.e2e.test_reading import answer
from tests.unit.clean_rows import CLEAN, Row, invented_uscc

MID_OCTOBER, SEPTEMBER, YEAR_END = date(2026, 10, 15), date(2026, 9, 30), date(2026, 12, 31)
HANDED_OVER = "2026-10-13"
USCC = {
    "penalty.decisions": "CF_XDR_SHXYM",
    "licensing.permits": "XK_XDR_SHXYM",
    "identity.decisions": "主体",
    "commitments.pledges": "承诺人代码",
}
NUMBER = {
    "penalty.decisions": "CF_WSH",
    "licensing.permits": "XK_WSH",
    "lending.authorizations": "授权编号",
    "social_security.wage_arrears_list": "认定文号",
    "repair.cases": "修复申请编号",
    "objection.cases": "异议编号",
    "lists.entries": "认定文号",
    "identity.decisions": "决定编号",
    "commitments.pledges": "承诺编码",
}
FORMS = {"commitments.pledges": "15010220260302{:06}"}
"""How a number looks where its form is laid down."""
LICENCE_REVOKED = {"CF_CFLB": "吊销许可证件", "CF_NR": "吊销许可证件", "CF_NR_FK": None}


@dataclass
class Drop:
    """A drop folder in the making; the last part of a file's name keeps deliveries apart."""

    folder: Path
    numbers: int = 0

    def row(self, dataset: str, subject: int, **changes: str | None) -> dict[str, str | None]:
        """One clean row about a subject, with a document number of its own."""
        self.numbers += 1
        row = CLEAN[dataset] | {"提供日期": HANDED_OVER, "增删改标志": "i"}
        row |= {USCC.get(dataset, "统一社会信用代码"): invented_uscc(subject)}
        row |= {NUMBER[dataset]: FORMS.get(dataset, "NO2026-{}").format(self.numbers)} if dataset in NUMBER else {}
        return row | changes

    def deliver(self, dataset: str, rows: Sequence[Row], name: str = "") -> None:
        """Write one file."""
        feed, entity = dataset.split(".")
        (self.folder / feed).mkdir(parents=True, exist_ok=True)
        (self.folder / feed / f"{entity}{name}.csv").write_text(as_csv(rows), encoding="utf-8")


def as_csv(rows: Sequence[Row]) -> str:
    """CSV text of rows with the same columns."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def fine(drop: Drop, subject: int, decided: str, yuan: int = 50000, **changes: str | None) -> dict[str, str | None]:
    """A penalty of a fine alone, by default of general severity and without a date of the agency's own."""
    fined = {"CF_CFLB": "罚款", "CF_NR": f"罚款{yuan}元", "CF_NR_FK": f"{yuan / 10000:g}", "CF_GSJZQ": None}
    return drop.row("penalty.decisions", subject, CF_JDRQ=decided, **fined | changes)


def penalties(drop: Drop) -> None:
    changed = fine(drop, 3, "2026-05-01", 70000, CF_WSH="改")
    withdrawn, back = (
        fine(drop, 4, "2026-05-01", CF_WSH="撤"),
        fine(drop, 5, "2026-05-01", CF_WSH="回", 提供日期="2026-06-01"),
    )
    drop.deliver("penalty.decisions", [
        fine(drop, 1, "2025-10-15"), fine(drop, 1, "2025-10-14"), fine(drop, 1, "2026-05-01", CF_GSJZQ="2026-10-15"),
        fine(drop, 1, "2026-05-02", CF_GSJZQ="2026-10-14"),
        fine(drop, 2, "2023-10-15", **LICENCE_REVOKED), fine(drop, 2, "2023-10-14", **LICENCE_REVOKED),
        fine(drop, 2, "2026-05-01", CF_CFLB="警告", CF_NR="警告", CF_NR_FK=None), fine(drop, 2, "2024-05-01", 3000),
        changed, changed | {"CF_NR": "罚款80000元", "CF_NR_FK": "8", "提供日期": "2026-10-01", "增删改标志": "u"},
        withdrawn, back, back | {"提供日期": "2026-07-01", "增删改标志": "D"},
        fine(drop, 6, "2026-05-01", 增删改标志="d"), fine(drop, 6, "2026-05-01", CF_XDR_LB="自然人", CF_XDR_MC="某甲"),
        fine(drop, 999, "2026-05-01"),
    ])  # fmt: skip
    drop.deliver("penalty.decisions", [
        changed | {"CF_NR": "罚款90000元", "CF_NR_FK": "9", "提供日期": "2026-09-01", "增删改标志": "u"},
        withdrawn | {"提供日期": "2026-10-14", "增删改标志": "d"},
        back | {"CF_NR": "罚款60000元", "CF_NR_FK": "6", "提供日期": "2026-08-01", "增删改标志": "u"},
    ], "-second")  # fmt: skip


def permits_and_authorisations(drop: Drop) -> None:
    ends = [{"XK_YXQZI": "2026/10/15"}, {"XK_YXQZI": "2026/10/14"}, {"XK_ZT": "0"}, {"XK_YXQZ": "2026/10/16"}, {}]
    in_time = {"XK_JDRQ": "2026/09/28", "XK_YXQZ": "2026/09/28", "XK_XKJG": "及时局"}
    drop.deliver("licensing.permits", [
        *(drop.row("licensing.permits", 7, **end) for end in ends),
        drop.row("licensing.permits", 8, **in_time),
        drop.row("licensing.permits", 8, **in_time | {"提供日期": "2026-10-14"}),
    ])  # fmt: skip
    spans = [
        ("2026-10-15", "2027-10-14"),
        ("2025-10-16", "2026-10-15"),
        ("2025-10-15", "2026-10-14"),
        ("2026-01-01", "2027-01-01"),
    ]
    given = [
        drop.row("lending.authorizations", 10 + place, 授权日期=start, 有效期至=end, 提供日期=max(start, HANDED_OVER))
        for place, (start, end) in enumerate(spans)
    ]
    drop.deliver("lending.authorizations", given)
    drop.deliver("lending.authorizations", [given[-1] | {"增删改标志": "d", "提供日期": "2026-10-14"}], "-second")


def tax(drop: Drop) -> None:
    rated = [("2024", "A", "2025-04-20"), ("2025", "D", "2026-04-20")]
    drop.deliver("tax.ratings", [
        *(drop.row("tax.ratings", 1, 评价年度=year, 信用等级=grade, 评定时间=day) for year, grade, day in rated),
        drop.row("tax.ratings", 2, 信用等级="E"), drop.row("tax.ratings", 3, 评价单位=None),
    ])  # fmt: skip
    undated = [{name: value for name, value in drop.row("tax.ratings", 4).items() if name in CLEAN["tax.ratings"]}]
    drop.deliver("tax.ratings", undated, "-2026-10")
    drop.deliver("tax.ratings", [undated[0] | {"统一社会信用代码": invented_uscc(5)}], "-2026-11")
    owed = [(1, "2026-03-31", "100.10", "否"), (1, "2026-06-30", "200.20", "否"), (2, "2026-03-31", "5", "否"),
            (2, "2026-06-30", "0", "是")]  # fmt: skip
    statements = [
        drop.row("tax.arrears", who, 欠税统计截止日期=day, 认定日期=day, 累计欠税余额=yuan, 是否补缴=paid)
        for who, day, yuan, paid in owed
    ]
    drop.deliver("tax.arrears", [row | {"纳税人识别号": None} for row in statements])
    members = {"b.csv": "2026-12-31", "a.csv": "2027-12-31"}
    with ZipFile(drop.folder / "tax" / "violations.zip", "w") as archive:
        for name, end in members.items():
            archive.writestr(name, as_csv([drop.row("tax.violations", 9, 公示截止日期=end)]))


@pytest.fixture(scope="module")
def drop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Deliveries about sixteen subjects, most of them until 13 October 2026."""
    made = Drop(tmp_path_factory.mktemp("semantics") / "drop")
    register = [made.row("registration.subjects", subject, 注册号=None) for subject in range(1, 17)]
    wrong_code = made.row("registration.subjects", 17, 统一社会信用代码=invented_uscc(17)[:-1] + "?", 注册号=None)
    made.deliver("registration.subjects", [row | {"提供日期": "2026-08-11"} for row in (*register, wrong_code)])
    penalties(made)
    permits_and_authorisations(made)
    tax(made)
    return made.folder


@pytest.fixture(scope="module")
def october(drop: Path, tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    """The lake of one run as of the middle of October; only to be read."""
    paths = LakePaths(tmp_path_factory.mktemp("october") / "lake")
    assert run(paths, drop, MID_OCTOBER) == 0
    return paths


@pytest.fixture(scope="module")
def settled(october: LakePaths, tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    """That lake after the data team corrected the wrong code and waived, until 30 December, a rating without office."""
    folder = tmp_path_factory.mktemp("settled")
    paths = copy_of(october, folder / "lake")
    lake = f"--lake={paths.root}"
    open_rows = folder / "open.csv"
    assert main(["quarantine", lake, "--dataset=registration.subjects", f"--out={open_rows}"]) == 0
    open_rows.write_text(open_rows.read_text(encoding="utf-8").replace(invented_uscc(17)[:-1] + "?", invented_uscc(17)))
    assert main(["replay", lake, "--dataset=registration.subjects", f"--file={open_rows}", "--as-of=2026-10-15"]) == 0
    with reading(paths) as connection:
        batch, row = connection.execute(
            "select _batch_id, _source_row from lake.quarantine.tax_ratings where 信用等级 = 'B'"
        ).fetchall()[0]
    waived = [f"--batch={batch}", f"--row={row}", "--by=王审核", "--reason=事实成立", "--until=2026-12-30"]
    assert main(["waive", lake, "--dataset=tax.ratings", *waived, "--as-of=2026-10-15"]) == 0
    return paths


def about(release: Release, subject: int, mart: str, columns: str, where: str = "true") -> list[tuple[object, ...]]:
    """Columns of a mart's rows about one subject."""
    statement = f"select {columns} from {mart} inner join mart_subjects using (subject_id)"
    return query(release, f"{statement} where uscc = '{invented_uscc(subject)}' and {where} order by all")


def test_a_penalty_is_shown_until_its_last_day_and_minor_ones_never(october: LakePaths) -> None:
    shown = "cast(occurred_date as varchar), severity, cast(visible_until as varchar)"

    assert about(current(october), 1, "mart_credit_records", shown, "feed = 'penalty'") == [
        ("2025-10-15", "general", "2026-10-15"),  # older than the order: the shorter of 36 and 12 months
        ("2026-05-01", "general", "2026-10-15"),  # the agency's own, earlier day
    ]
    assert about(current(october), 2, "mart_credit_records", shown, "feed = 'penalty'") == [
        ("2023-10-15", "serious", "2026-10-15")
    ]
    counts = "penalty_count_12m, penalty_count_visible, cast(fines_yuan_visible as integer)"
    assert about(current(october), 1, "mart_subject_profiles", counts) == [(1, 2, 100000)]


def test_the_latest_hand_over_counts_whatever_the_order_of_rows_and_files(october: LakePaths) -> None:
    fine_of = "cast(amount_yuan as integer)"
    fines = {
        subject: about(current(october), subject, "mart_credit_records", fine_of, "feed = 'penalty'")
        for subject in (3, 4, 5, 6)
    }

    assert fines == {3: [(70000,)], 4: [], 5: [(60000,)], 6: []}


def test_of_an_archives_members_the_later_by_name_counts(october: LakePaths) -> None:
    assert about(current(october), 9, "mart_credit_records", "cast(visible_until as varchar)") == [("2026-12-31",)]
    assert about(current(october), 9, "mart_subject_profiles", "evaluation_grade, is_on_serious_list") == [("D", True)]


def test_a_file_of_the_running_month_without_days_counts_and_the_next_months_waits(october: LakePaths) -> None:
    assert about(current(october), 4, "mart_subject_profiles", "tax_rating, tax_rating_year") == [("B", 2025)]
    assert about(current(october), 5, "mart_subject_profiles", "tax_rating") == [(None,)]
    assert query(current(october), "select sum(rows_landed) from mart_batch_ledger where dataset = 'ratings'") == [(5,)]


def test_a_permit_is_valid_from_its_first_to_its_last_day(october: LakePaths) -> None:
    assert about(current(october), 7, "mart_subject_profiles", "permits_valid") == [(2,)]


def test_the_latest_rating_is_the_subjects_and_an_earlier_a_is_no_tag(october: LakePaths) -> None:
    facts = "tax_rating, tax_rating_year, cast(tax_arrears_yuan as varchar)"

    assert about(current(october), 1, "mart_subject_profiles", facts) == [("D", 2025, "200.20")]
    assert about(current(october), 1, "mart_portrait_tags", "tag_code") == [("T03",)]
    assert about(current(october), 2, "mart_subject_profiles", "cast(tax_arrears_yuan as varchar)") == [("0.00",)]


def test_who_authorised_it_is_scored_from_the_first_day_to_the_last(october: LakePaths) -> None:
    scored = [subject for subject in range(10, 14) if about(current(october), subject, "mart_loan_scores", "score")]

    assert scored == [10, 11]


def test_the_eighth_working_day_across_the_holiday_is_late(october: LakePaths) -> None:
    told = "select records, late_records, late_rate from mart_agency_timeliness where publisher = '及时局'"

    assert query(current(october), told) == [(2, 1, 0.5)]


def test_a_subject_and_a_record_are_explained_by_the_law(
    october: LakePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    ((record,),) = about(current(october), 1, "mart_credit_records", "record_id", "occurred_date = '2026-05-01'")

    told = answer(capsys, october, "explain", f"--record={record}")
    assert "定级：罚款：未达较大数额而不属简易程序的罚款" in told
    assert "公示期：认定机关自定截止日期，不晚于最长12个月，国家发展改革委令第36号（信用修复管理办法）" in told
    assert "欠税公告办法" in answer(capsys, october, "explain", f"--subject={invented_uscc(1)}")


def test_an_older_day_after_a_newer_one_gives_exactly_the_older_picture(
    settled: LakePaths, drop: Path, tmp_path: Path
) -> None:
    again = copy_of(settled, tmp_path / "again")
    assert run(again, drop, SEPTEMBER) == 0
    fresh = LakePaths(tmp_path / "fresh")
    assert run(fresh, drop, SEPTEMBER) == 0

    assert mart_hashes(again) == mart_hashes(fresh)
    assert current(again).release_id == current(fresh).release_id


def test_at_the_years_end_the_correction_counts_and_the_ended_waiver_does_not(
    settled: LakePaths, drop: Path, tmp_path: Path
) -> None:
    paths = copy_of(settled, tmp_path / "lake")
    shutil.rmtree(paths.releases)
    assert run(paths, drop, YEAR_END) == 0

    release = current(paths)
    assert len(about(release, 17, "mart_subject_profiles", "evaluation_grade")) == 1
    assert about(release, 3, "mart_subject_profiles", "tax_rating") == [(None,)]
    assert about(release, 5, "mart_subject_profiles", "tax_rating") == [("B",)]
    assert about(release, 7, "mart_subject_profiles", "permits_valid") == [(2,)]
    assert about(release, 1, "mart_subject_profiles", "penalty_count_visible") == [(0,)]
