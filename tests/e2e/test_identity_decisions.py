"""People decide about identity before every rung, and a merge that is taken back leaves no trace but its log.

One lake in three states: before anybody decided; with two merges in a chain, one that would close the circle, a link
and an exclusion; and after all of it was taken back, one merge by a decision, the rest by the envelope.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from creditlake.cli import main
from creditlake.lake import LakePaths, reading
from creditlake.release import Release, current
from creditlake.review import deliver, queue, to_fill_in

from tests.e2e.conftest import Once
from tests.e2e.harness import copy_of, query, run
from tests.e2e.test_semantics import MID_OCTOBER, Drop, fine
from tests.unit.clean_rows import CLEAN, invented_uscc

FIRST, SECOND, LAST, LINKED, EXCLUDED = range(801, 806)
DOUBTED = LINKED
"""The first is merged into the second and that into the last; a penalty is linked, and one is excluded."""
SUBJECTS, DECISIONS = "registration.subjects", "identity.decisions"
UNHEARD = "包头市从未登记字号有限公司"
OF_DELIVERIES = {"mart_batch_ledger", "mart_quality_checks", "mart_agency_timeliness"}
"""What tells what was delivered: that decisions came, and when, stays true."""
STATES = ("before", "decided", "reversed")


def name(subject: int) -> str:
    """The registered name of a subject."""
    return f"呼和浩特市第{subject}商贸有限公司"


def deliveries(folder: Path) -> Drop:
    """Five subjects with a row of every dataset each, and a penalty of a name that nobody has."""
    drop = Drop(folder)
    everybody = (FIRST, SECOND, LAST, LINKED, EXCLUDED)
    drop.deliver(
        SUBJECTS, [drop.row(SUBJECTS, one, 注册号=None, 提供日期="2026-03-11", 企业名称=name(one)) for one in everybody]
    )
    for dataset in sorted(set(CLEAN) - {SUBJECTS, DECISIONS, "penalty.decisions", "tax.arrears"}):
        drop.deliver(dataset, [drop.row(dataset, one, **_names(dataset, one)) for one in everybody])
    drop.deliver("penalty.decisions", [fine(drop, one, "2026-05-01", CF_XDR_MC=name(one)) for one in everybody])
    unheard = {"CF_XDR_SHXYM": None, "CF_XDR_GSZC": "330203000030639", "CF_XDR_MC": UNHEARD}
    drop.deliver("penalty.decisions", [fine(drop, LINKED, "2026-05-02", **unheard)], "-unheard")
    doubtful = fine(drop, DOUBTED, "2026-05-03", CF_XDR_MC="包头市别家字号集团有限公司")
    drop.deliver("penalty.decisions", [doubtful], "-doubtful")
    return drop


def _names(dataset: str, subject: int) -> dict[str, str | None]:
    columns = {"XK_XDR_MC", "纳税人名称", "名称", "单位名称", "机构全称", "企业名称", "承诺人名称"}
    return dict.fromkeys(columns & CLEAN[dataset].keys(), name(subject))


def decision(number: str, kind: str, subject: int, **more: str | None) -> dict[str, str | None]:
    """A decision of 12 October, handed over on the 13th; of two people where it merges."""
    row = CLEAN[DECISIONS] | {"提供日期": "2026-10-13", "增删改标志": "i"}
    row |= {
        "决定编号": number,
        "决定类型": kind,
        "主体": invented_uscc(subject),
        "决定日期": "2026-10-12",
        "标识键": None,
    }
    return row | ({"复核人": "测试乙", "决定依据": "重复登记"} if kind == "合并" else {}) | more


def decisions(paths: LakePaths) -> list[dict[str, str | None]]:
    """Merges of which the third would close a circle, a link of the unheard name and an exclusion of a code."""
    with reading(paths) as lake:
        keys = dict(lake.execute("select name, identity_key from lake.intermediate.int_identity_keys").fetchall())
        about = (
            "select identity_key from lake.intermediate.int_identity_keys where name = ? and uscc = ? and authority = ?"
        )
        excluded = [name(EXCLUDED), invented_uscc(EXCLUDED), "新城区市场监督管理局"]
        (of_penalty,) = {key for (key,) in lake.execute(about, excluded).fetchall()} & _keys_of_penalties(lake)
    return [
        decision("D1", "合并", FIRST, 保留主体=invented_uscc(SECOND)),
        decision("D2", "合并", SECOND, 保留主体=invented_uscc(LAST)),
        decision("D3", "合并", LAST, 保留主体=invented_uscc(FIRST)),
        decision("D4", "挂接", LINKED, 标识键=keys[UNHEARD]),
        decision("D5", "不挂接", EXCLUDED, 标识键=of_penalty),
    ]


def _keys_of_penalties(lake: Any) -> set[str]:
    return {key for (key,) in lake.execute("select identity_key from lake.staging.stg_penalty__decisions").fetchall()}


def answered(paths: LakePaths, drop: Path) -> dict[str, str | None]:
    """Fill in the one line of the review queue and drop the file; return the decision as later files name it."""
    with reading(paths) as lake:
        (asked,) = queue(lake)
    by = {"决定人": "测试丙", "决定日期": "2026-10-14", "决定依据": "机关核实", "决定理由": "代码无误，名称误录"}
    filled = {"决定类型": "挂接", "主体": invented_uscc(DOUBTED)} | by
    deliver([to_fill_in(asked) | filled], drop, asked.number)
    return decision(asked.number, "挂接", DOUBTED, 标识键=asked.identity_key, 提供日期="2026-10-15")


def reversals(made: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
    """The first merge taken back by a decision of the next day, all others withdrawn by the envelope."""
    by_decision = decision("D6", "撤销合并", FIRST, 保留主体=invented_uscc(SECOND), 决定日期="2026-10-13")
    return [by_decision, *(row | {"增删改标志": "d"} | _a_day_later(row) for row in made[1:])]


def _a_day_later(row: dict[str, str | None]) -> dict[str, str | None]:
    return {"提供日期": "2026-10-14"} if row["提供日期"] == "2026-10-13" else {}


@pytest.fixture(scope="module")
def lakes(once: Once) -> Mapping[str, LakePaths]:
    """The lake before anybody decided, with the decisions, and after all were taken back; only to be read."""

    def make(folder: Path) -> None:
        drop = deliveries(folder / "drop")
        paths = LakePaths(folder / "before")
        assert run(paths, drop.folder, MID_OCTOBER) == 0
        made = decisions(paths)
        made.append(answered(paths, drop.folder))
        for state, rows in (("decided", made), ("reversed", reversals(made))):
            paths = copy_of(paths, folder / state)
            drop.deliver(
                DECISIONS, [row for row in rows if row["提供日期"] != "2026-10-15" or state == "reversed"], f"-{state}"
            )
            assert run(paths, drop.folder, MID_OCTOBER) == 0
        shutil.rmtree(drop.folder)

    folder = once("identity_decisions", make)
    return {state: LakePaths(folder / state) for state in STATES}


@pytest.fixture(scope="module")
def releases(lakes: Mapping[str, LakePaths]) -> Mapping[str, Release]:
    """What is released of each state."""
    return {state: current(paths) for state, paths in lakes.items()}


def subject_of(number: int) -> str:
    """SQL of a subject's id."""
    return f"(select subject_id from mart_subjects where uscc = '{invented_uscc(number)}')"


def records(release: Release, number: int, about: str = "true") -> int:
    """How many released records a subject has."""
    where = f"subject_id = {subject_of(number)} and {about}"
    return int(query(release, f"select count(*) from mart_credit_records where {where}")[0][0])


def test_of_a_chain_of_merges_the_one_that_stays_has_the_records_of_all(releases: Mapping[str, Release]) -> None:
    before = [records(releases["before"], one) for one in (FIRST, SECOND, LAST)]

    assert before[0] > 5 and len(set(before)) == 1
    assert records(releases["decided"], LAST) == sum(before)


def test_a_merged_subject_has_no_row_in_any_mart_but_the_log(releases: Mapping[str, Release]) -> None:
    decided = releases["decided"]
    gone = query(releases["before"], f"select {subject_of(FIRST)}, {subject_of(SECOND)}")[0]

    found = {
        entry["name"]
        for entry in decided.manifest["marts"]
        if any(column == "subject_id" for column, *_ in query(decided, f"describe {entry['name']}"))
        and query(decided, f"select count(*) from {entry['name']} where subject_id in {gone}") != [(0,)]
    }

    assert found == {"mart_subject_merges"}
    assert query(decided, "select count(*) from mart_subjects") == [(3,)]


def test_the_profile_and_the_loan_score_judge_the_one_that_stays_by_all(releases: Mapping[str, Release]) -> None:
    counted = f"select penalty_count_visible from mart_subject_profiles where subject_id = {subject_of(LAST)}"
    scored = f"select count(*) from mart_loan_scores where subject_id = {subject_of(LAST)}"

    assert query(releases["before"], counted) == [(1,)]
    assert query(releases["decided"], counted) == [(3,)]
    assert query(releases["decided"], scored) == query(releases["before"], scored) != [(0,)]


def test_a_link_comes_before_every_rung(releases: Mapping[str, Release]) -> None:
    linked = "match_method = 'decision' and occurred_date = date '2026-05-02'"

    assert [records(releases[state], LINKED, linked) for state in STATES] == [0, 1, 0]


def test_an_exclusion_stands_against_a_code(releases: Mapping[str, Release], lakes: Mapping[str, LakePaths]) -> None:
    assert [records(releases[state], EXCLUDED, "feed = 'penalty'") for state in STATES] == [1, 0, 1]
    with reading(lakes["decided"]) as lake:
        why = lake.execute(
            "select unresolved_reason from lake.intermediate.int_unresolved_records where feed = 'penalty'"
        ).fetchall()
    assert why == [("ruled_out",)]


def test_who_decided_and_when_stands_with_the_link(lakes: Mapping[str, LakePaths]) -> None:
    links = """select length(decided_by), cast(decided_date as varchar) from lake.intermediate.int_identity_links
        where match_method = 'decision' order by decided_date"""

    with reading(lakes["decided"]) as lake:
        assert lake.execute(links).fetchall() == [(32, "2026-10-12"), (32, "2026-10-14")]


def test_what_is_in_doubt_is_written_to_be_filled_in_and_the_filled_file_decides(
    lakes: Mapping[str, LakePaths], releases: Mapping[str, Release], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = {state: tmp_path / f"{state}.csv" for state in STATES}

    for state, file in listed.items():
        assert main(["--quiet", "review", "list", f"--lake={lakes[state].root}", f"--out={file}"]) == 0

    rows = {state: list(csv.DictReader(file.open(encoding="utf-8-sig"))) for state, file in listed.items()}
    assert [len(rows[state]) for state in STATES] == [1, 0, 1]
    (row,) = rows["before"]
    assert row["待认定原因"].startswith("代码属于另一主体") and "包头市别家字号集团有限公司" in row["记录说明"]
    assert row["候选一"].startswith("91159999")
    assert {row[name] for name in ("决定类型", "主体", "决定人", "决定日期", "决定依据", "决定理由")} == {""}
    assert "决定 D3 未执行：与此前的合并首尾相接成环" in capsys.readouterr().err
    doubted = "occurred_date = date '2026-05-03' and match_method = 'decision'"
    assert [records(releases[state], DOUBTED, doubted) for state in STATES] == [0, 1, 0]


def test_a_lake_that_was_never_built_has_no_queue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quiet", "review", "list", f"--lake={tmp_path / 'none'}"]) == 1
    assert "there is no lake" in capsys.readouterr().err


def test_what_would_close_a_circle_is_refused_with_its_reason(lakes: Mapping[str, LakePaths]) -> None:
    conflicts = "select decision_no, conflict_reason from lake.intermediate.int_decision_conflicts order by all"

    with reading(lakes["decided"]) as lake:
        assert lake.execute(conflicts).fetchall() == [("D3", "closes_a_circle")]


def test_the_log_tells_every_merge_and_its_end(releases: Mapping[str, Release]) -> None:
    log = """select decision_no, decision_kind, uscc, cast(decided_date as varchar), cast(reversed_date as varchar),
        decision_basis from mart_subject_merges order by decision_no"""
    first, second = invented_uscc(FIRST), invented_uscc(SECOND)

    assert query(releases["before"], log) == []
    assert query(releases["decided"], log) == [
        ("D1", "合并", first, "2026-10-12", None, "重复登记"),
        ("D2", "合并", second, "2026-10-12", None, "重复登记"),
    ]
    assert query(releases["reversed"], log) == [
        ("D1", "合并", first, "2026-10-12", "2026-10-13", "重复登记"),
        ("D2", "合并", second, "2026-10-12", "2026-10-14", "重复登记"),
        ("D3", "合并", invented_uscc(LAST), "2026-10-12", "2026-10-14", "重复登记"),
        ("D6", "撤销合并", first, "2026-10-13", None, "机关核实"),
    ]


def test_after_all_was_taken_back_every_mart_has_the_bytes_of_never(releases: Mapping[str, Release]) -> None:
    hashes = {
        state: {entry["name"]: entry["sha256"] for entry in releases[state].manifest["marts"]} for state in STATES
    }
    marts = hashes["before"].keys() - OF_DELIVERIES - {"mart_subject_merges"}

    assert len(marts) == 13
    assert {mart for mart in marts if hashes["reversed"][mart] != hashes["before"][mart]} == set()
    assert {"mart_subjects", "mart_credit_records", "mart_subject_profiles", "mart_subject_portraits",
            "mart_portrait_tags", "mart_city_credit_index"} <= {
        mart for mart in marts if hashes["decided"][mart] != hashes["before"][mart]
    }  # fmt: skip
