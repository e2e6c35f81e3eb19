"""A repaired or revoked penalty is in no mart from that day on: the release is that of a lake where it never came.

One subject's penalty is repaired on 15 October and another's revoked upon an objection. Others have a penalty under the
same number of another authority, under the same number and authority but of another subject, ones whose repair was
rejected or is open, and ones with an open objection, or one that was answered otherwise: these stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from creditlake.cli import main
from creditlake.lake import LakePaths, reading
from creditlake.release import Release, current

from tests.e2e.conftest import Once
from tests.e2e.harness import query, run
from tests.e2e.test_semantics import Drop, fine
from tests.unit.clean_rows import CLEAN, invented_uscc

EVE, DAY = date(2026, 10, 14), date(2026, 10, 15)
REPAIRED, REVOKED, OTHER_AUTHORITY, OTHER_SUBJECT, REJECTED, OPEN, OBJECTED, CONFIRMED, CORRECTED = range(901, 910)
STAYING = (OTHER_AUTHORITY, OTHER_SUBJECT, REJECTED, OPEN, OBJECTED, CONFIRMED, CORRECTED)
SUBJECTS = "registration.subjects"
DOCUMENT, AUTHORITY = "呼市监罚〔2026〕88号", "新城区市场监督管理局"
OF_DELIVERIES = {"mart_batch_ledger", "mart_quality_checks", "mart_agency_timeliness"}
"""What tells how agencies deliver: that a decision was handed over, and when, stays true after its repair."""
LINEAGE = {"batch_id", "source_sha256", "source_row"}
IN_TIME: Mapping[str, dict[str, str | None]] = {
    "licensing.permits": {"XK_JDRQ": "2026/10/12", "XK_YXQZ": "2026/10/12"},
    "social_security.headcounts": {"应收年月": "202609"},
    "tax.arrears": {"纳税人识别号": None},
}
"""So that the quality of 双公示 (C03 of the index) earns the same points with the penalty and without it."""


def former_name(subject: int) -> str:
    """What penalties call a subject: a name of its own, so that one number of two subjects is two records."""
    return f"呼和浩特市第{subject}商贸有限公司"


def register(drop: Drop, subjects: Iterable[int]) -> None:
    """The subjects' rows of the register, which knows both names."""
    rows = [drop.row(SUBJECTS, one, 注册号=None, 曾用名=former_name(one), 提供日期="2026-03-11") for one in subjects]
    drop.deliver(SUBJECTS, rows)


def penalty(drop: Drop, subject: int, number: str = DOCUMENT, authority: str = AUTHORITY) -> dict[str, str | None]:
    """A fine of general severity, handed over in time."""
    named = {"CF_XDR_MC": former_name(subject), "CF_WSH": number, "CF_CFJG": authority}
    return fine(drop, subject, "2026-05-06", **named, 提供日期="2026-05-08")


def application(
    drop: Drop, subject: int, number: str, outcome: str | None = "准予修复", document: str = DOCUMENT
) -> dict[str, str | None]:
    """An application of 8 October that was decided on the 15th, or is open then."""
    steps = {"申请日期": "2026-10-08", "受理日期": "2026-10-09", "受理结果": "受理", "修复结果": outcome}
    ends = {"办结日期": "2026-10-15" if outcome else None, "提供日期": "2026-10-15", "增删改标志": "u"}
    return drop.row("repair.cases", subject, 修复申请编号=number, 文号=document, 认定机关=AUTHORITY, **steps | ends)


def objection(drop: Drop, subject: int, number: str, document: str, outcome: str | None) -> dict[str, str | None]:
    """An objection of 12 October that was answered on the 15th, or is open then."""
    steps = {"提出日期": "2026-10-12", "受理日期": "2026-10-13", "处理结果": outcome}
    ends = {"办结日期": "2026-10-15" if outcome else None, "提供日期": "2026-10-15", "增删改标志": "u"}
    return drop.row("objection.cases", subject, 异议编号=number, 文号=document, 认定机关=AUTHORITY, **steps | ends)


def deliveries(folder: Path, *, came: bool) -> Path:
    """A drop in which the penalty came before it was repaired, or never came."""
    drop = Drop(folder)
    everybody = (REPAIRED, REVOKED, *STAYING)
    register(drop, everybody)
    for name in sorted(set(CLEAN) - {SUBJECTS, "penalty.decisions", "repair.cases", "objection.cases"}):
        drop.deliver(name, [drop.row(name, one, **IN_TIME.get(name, {})) for one in everybody])
    drop.deliver("penalty.decisions", [
        penalty(drop, OTHER_AUTHORITY, authority="回民区市场监督管理局"), penalty(drop, OTHER_SUBJECT),
        penalty(drop, REJECTED, "呼市监罚〔2026〕1号"), penalty(drop, OPEN, "呼市监罚〔2026〕2号"),
        penalty(drop, OBJECTED, "呼市监罚〔2026〕3号"), penalty(drop, CONFIRMED, "呼市监罚〔2026〕4号"),
        penalty(drop, CORRECTED, "呼市监罚〔2026〕5号"),
    ])  # fmt: skip
    if came:
        ended = [penalty(drop, REPAIRED), penalty(drop, REVOKED, "呼市监罚〔2026〕6号")]
        drop.deliver("penalty.decisions", ended, "-ended")
    granted = application(drop, REPAIRED, "XF1", document="呼市监罚【2026】 88号")
    started = {"提供日期": "2026-10-08", "增删改标志": "i", "受理日期": None, "受理结果": None}
    drop.deliver("repair.cases", [granted | started | {"办结日期": None, "修复结果": None}], "-started")
    drop.deliver("repair.cases", [
        granted, application(drop, OTHER_AUTHORITY, "XF2"),
        application(drop, REJECTED, "XF3", "不予修复", "呼市监罚〔2026〕1号"),
        application(drop, OPEN, "XF4", None, "呼市监罚〔2026〕2号"),
        application(drop, REPAIRED, "XF5", document="呼市监罚〔2026〕404号"),
    ])  # fmt: skip
    drop.deliver("objection.cases", [
        objection(drop, REVOKED, "XF1", "呼市监罚〔2026〕6号", "撤销"),
        objection(drop, OBJECTED, "YY2", "呼市监罚〔2026〕3号", None),
        objection(drop, CONFIRMED, "YY3", "呼市监罚〔2026〕4号", "维持"),
        objection(drop, CORRECTED, "YY4", "呼市监罚【2026】5号", "更正"),
        objection(drop, OTHER_SUBJECT, "YY5", "呼市监罚〔2026〕404号", "撤销"),
    ])  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def lakes(once: Once) -> dict[str, LakePaths]:
    """The lake on the eve of the repair, on its day, and on that day where the penalty never came."""

    def make(folder: Path) -> None:
        for name, day in (("eve", EVE), ("day", DAY), ("never", DAY)):
            drop = deliveries(folder / f"drop_{name}", came=name != "never")
            assert run(LakePaths(folder / name), drop, day) == 0

    folder = once("repairs", make)
    return {name: LakePaths(folder / name) for name in ("eve", "day", "never")}


def rows(release: Release, mart: str) -> list[tuple[Any, ...]]:
    """The rows of a mart without what says by which delivery they came, or counts the decisions handed over (C03)."""
    names = [name for name, *_ in query(release, f"describe {mart}") if name not in LINEAGE]
    about = "indicator_code <> 'C03'" if mart == "mart_city_credit_index" else "true"
    return query(release, f"select {', '.join(names)} from {mart} where {about} order by all")


def penalties(release: Release, number: int) -> tuple[int, int, int]:
    """How many penalties of a subject are released as records, and how many and how much its profile counts."""
    about = f"(select subject_id from mart_subjects where uscc = '{invented_uscc(number)}')"
    ((records,),) = query(
        release, f"select count(*) from mart_credit_records where feed = 'penalty' and subject_id = {about}"
    )
    counts = "penalty_count_visible, cast(fines_yuan_visible as integer)"
    ((counted, yuan),) = query(release, f"select {counts} from mart_subject_profiles where subject_id = {about}")
    return records, counted, yuan


@pytest.mark.parametrize("subject", [REPAIRED, REVOKED])
def test_on_the_eve_of_its_end_the_penalty_is_shown(lakes: dict[str, LakePaths], subject: int) -> None:
    assert penalties(current(lakes["eve"]), subject) == (1, 1, 50000)


@pytest.mark.parametrize("subject", [REPAIRED, REVOKED])
def test_from_the_day_of_its_end_on_it_is_not(lakes: dict[str, LakePaths], subject: int) -> None:
    assert penalties(current(lakes["day"]), subject) == (0, 0, 0)


@pytest.mark.parametrize("subject", STAYING)
def test_the_penalty_of_another_or_of_a_case_not_granted_stays(lakes: dict[str, LakePaths], subject: int) -> None:
    assert penalties(current(lakes["day"]), subject) == (1, 1, 50000)


def test_every_mart_is_as_if_the_penalty_had_never_come(lakes: dict[str, LakePaths]) -> None:
    day, never = current(lakes["day"]), current(lakes["never"])
    marts = {entry["name"] for entry in day.manifest["marts"]} - OF_DELIVERIES

    differing = {mart for mart in marts if rows(day, mart) != rows(never, mart)}

    assert len(marts) == 14
    assert differing == set()


def test_the_repair_moves_every_mart_that_judges_its_subject(lakes: dict[str, LakePaths]) -> None:
    eve, never = current(lakes["eve"]), current(lakes["never"])

    differing = {mart for mart in ("mart_credit_records", "mart_subject_profiles", "mart_subject_portraits",
                                   "mart_loan_scores") if rows(eve, mart) != rows(never, mart)}  # fmt: skip

    assert len(differing) == 4


def test_no_case_is_a_record_of_its_own(lakes: dict[str, LakePaths]) -> None:
    cases = "select count(*) from mart_credit_records where feed in ('repair', 'objection')"

    assert query(current(lakes["day"]), cases) == [(0,)]


def test_the_record_of_the_open_objection_alone_is_marked_in_mart_and_report(
    lakes: dict[str, LakePaths], tmp_path: Path
) -> None:
    marked = query(
        current(lakes["day"]),
        "select uscc, feed from mart_credit_records join mart_subjects using (subject_id) where is_objected",
    )
    reports = {}
    for subject in (OBJECTED, CONFIRMED):
        out = tmp_path / f"{subject}.html"
        assert main(["report", invented_uscc(subject), "--lake", str(lakes["day"].root), "--out", str(out)]) == 0
        reports[subject] = out.read_text(encoding="utf-8").count(">异议处理中<")

    assert marked == [(invented_uscc(OBJECTED), "penalty")]
    assert reports == {OBJECTED: 1, CONFIRMED: 0}


def test_a_case_without_its_record_is_kept_with_the_reason(lakes: dict[str, LakePaths]) -> None:
    kept = "select case_no, unmatched_reason from lake.intermediate.int_unmatched_cases order by all"

    with reading(lakes["day"]) as lake:
        on_the_day = lake.execute(kept).fetchall()
    with reading(lakes["never"]) as lake:
        never = lake.execute(kept).fetchall()

    assert on_the_day == [("XF2", "other_subject"), ("XF5", "document_not_found"), ("YY5", "document_not_found")]
    # XF1 is the number of an application and of an objection
    assert never == [("XF1", "document_not_found"), ("XF1", "other_subject"), *on_the_day]


@pytest.mark.parametrize(("subject", "ends"), [
    (REPAIRED, [("repair_applied", "2026-10-08"), ("accepted", "2026-10-09"), ("repaired", "2026-10-15")]),
    (REVOKED, [("objected", "2026-10-12"), ("revoked", "2026-10-15")]),
    (OBJECTED, [("objected", "2026-10-12")]),
    (CONFIRMED, [("objected", "2026-10-12"), ("confirmed", "2026-10-15")]),
    (CORRECTED, [("objected", "2026-10-12"), ("corrected", "2026-10-15")]),
])  # fmt: skip
def test_the_life_of_a_penalty_is_told_day_by_day(
    lakes: dict[str, LakePaths], subject: int, ends: list[tuple[str, str]]
) -> None:
    with reading(lakes["day"]) as lake:
        life = lake.execute(
            """select state, cast(began_date as varchar) from lake.intermediate.int_record_states
            join lake.intermediate.int_credit_records using (record_id)
            join lake.intermediate.int_subjects using (subject_id)
            where uscc = ? and feed = 'penalty' order by began_date, state""",
            [invented_uscc(subject)],
        ).fetchall()

    assert life == [("published", "2026-05-08"), ("reported", "2026-05-08"), *ends]
