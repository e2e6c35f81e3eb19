"""The data docs: complete offline, Chinese, every rule with its numbers, and no personal data."""

from __future__ import annotations

import json
import re
import shutil
import time
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from creditlake.bronze import Batch, load_bronze
from creditlake.connectors.files import Delivery
from creditlake.contracts import all_datasets, load_feeds
from creditlake.ingest import validate
from creditlake.lake import LakePaths, writing
from creditlake.lake.ledger import LedgerEntry, write_entry
from creditlake.landing import land
from creditlake.quality.docs import build_docs
from creditlake.quality.docs_html import KIND_TITLES, share
from creditlake.quality.docs_pages import REFUSAL_TITLES
from creditlake.quality.suite import KINDS, load_suite
from creditlake.refusal import Code

from tests.unit.small_lake import BATCH_A, BATCH_B, execute, sound_lake

RUN = "ingest_penalty__manual__2026-11-01T00:00:00+00:00"
REQUIRED, LATE = "penalty.decisions.required.CF_WSH", "penalty.decisions.late.CF_JDRQ"


def rule(rule_id: str, severity: str, failed: int, samples: list[int]) -> dict[str, Any]:
    """One row rule's result as Great Expectations writes it: 100 rows, 4 of them not judged."""
    return {
        "success": failed == 0,
        "expectation_config": {
            "meta": {
                "rule_id": rule_id,
                "title": f"标题{rule_id[-6:]}",
                "severity": severity,
                "basis": "行政处罚法第四十八条",
            }
        },
        "result": {
            "element_count": 100,
            "missing_count": 4,
            "unexpected_count": failed,
            "partial_unexpected_index_list": [{"_source_row": row} for row in samples],
        },
    }


def header_rule() -> dict[str, Any]:
    meta = {"rule_id": "penalty.decisions.header", "title": "表头完整", "severity": "critical", "basis": ""}
    return {"success": True, "expectation_config": {"meta": meta}, "result": {"observed_value": True}}


def write_verdict(paths: LakePaths, batch_id: str, *rules: dict[str, Any], run: str = RUN) -> None:
    """Write the verdict of a penalty batch."""
    file = paths.quality / "penalty" / "decisions" / f"{batch_id}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    document = {"results": [*rules, header_rule()], "meta": {"run_id": {"run_name": f"{run}__{batch_id}"}}}
    file.write_text(json.dumps(document, ensure_ascii=False))


def refused(batch_id: str, reason: str) -> LedgerEntry:
    return LedgerEntry(
        feed="penalty",
        dataset="decisions",
        batch_id=batch_id,
        source_sha256="1" * 64,
        source_name="decisions-bad.csv",
        member="",
        batch_seq=3,
        delivered_date=date(2026, 10, 31),
        rows_landed=0,
        rows_validated=0,
        rows_quarantined=0,
        rows_refused=0,
        status="refused",
        reason=reason,
    )


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    """Batch a: 97 + 3 quarantined (98 is about a natural person); batch b: whole; a file without a header: refused."""
    paths = sound_lake(tmp_path_factory.mktemp("judged") / "lake")
    write_verdict(paths, BATCH_A, rule(REQUIRED, "critical", 3, [98, 99, 100]), rule(LATE, "warning", 1, [7]))
    write_verdict(paths, BATCH_B, rule(REQUIRED, "critical", 0, []), rule(LATE, "warning", 0, []))
    with writing(paths) as connection:
        write_entry(connection, refused("c" * 20, "missing_header: it begins with '张三, 13800000000'"))
        connection.execute(
            "update lake.quarantine.penalty_decisions set CF_XDR_LB = '自然人', CF_XDR_MC = '张三'"
            " where _source_row = 98"
        )
    return paths


@pytest.fixture
def lake(judged: LakePaths, tmp_path: Path) -> LakePaths:
    return LakePaths(shutil.copytree(judged.root, tmp_path / "lake"))


def batch_page(paths: LakePaths, batch_id: str) -> str:
    found = list((paths.docs / "batches").rglob(f"*__{batch_id}.html"))
    assert len(found) == 1
    return found[0].read_text("utf-8")


def rule_row(page: str, rule_id: str) -> str:
    """The cells of a rule's line, separated by a bar."""
    line = next(line for line in page.splitlines() if f">{rule_id}<" in line)
    return re.sub(r"(<[^>]+>)+", "|", line)


def pages(site: Path) -> dict[str, str]:
    return {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in site.rglob("*") if path.is_file()}


def test_a_batch_page_tells_of_every_rule_its_number_severity_basis_counts_and_sample_rows(lake: LakePaths) -> None:
    build_docs(lake)

    page = batch_page(lake, BATCH_A)

    assert rule_row(page, REQUIRED) == f"|{REQUIRED}|标题CF_WSH|严重|行政处罚法第四十八条|96|3|3.12%|99、100 …|"
    assert rule_row(page, LATE) == f"|{LATE}|标题F_JDRQ|警告|行政处罚法第四十八条|96|1|1.04%|7|"
    assert rule_row(page, "penalty.decisions.header").startswith(
        "|penalty.decisions.header|表头完整|严重|本项目批次规则|1|0|"
    )


def test_a_row_of_a_natural_person_is_no_sample(lake: LakePaths) -> None:
    execute(lake, "update lake.validated.penalty_decisions set CF_XDR_LB = '自然人' where _source_row = 7")

    build_docs(lake)

    assert "|99、100 …|" in rule_row(batch_page(lake, BATCH_A), REQUIRED)
    assert rule_row(batch_page(lake, BATCH_A), LATE).endswith("|1.04%| …|")


def test_no_value_of_any_row_and_nothing_of_a_refused_file_is_in_the_docs(lake: LakePaths) -> None:
    site = build_docs(lake).parent

    everything = "".join(pages(site).values())

    assert "文书" not in everything.replace("最新文书", "").replace("决定文书", "") or "文书98" not in everything
    assert "张三" not in everything and "13800000000" not in everything


def test_every_page_is_complete_offline(lake: LakePaths) -> None:
    site = build_docs(lake).parent

    for name, text in pages(site).items():
        targets = re.findall(r"""(?:src|href)\s*=\s*["']?([^"'\s>]+)|url\(([^)]+)\)""", text)
        local = [first or second for first, second in targets]
        assert "://" not in text and not [target for target in local if target.startswith("//")], name
        for target in local:
            path = target.partition("#")[0]
            assert not path or (site / name).parent.joinpath(path).resolve().is_file(), f"{name}: {target}"


def test_the_index_says_what_became_of_every_batch(lake: LakePaths) -> None:
    text = build_docs(lake).read_text("utf-8")

    rows = [line for line in text.splitlines() if "data-status" in line]

    found = {re.search(r"__(\w{20})<", row)[1]: re.search(r">(通过|有隔离|拒收)<", row)[1] for row in rows}  # type: ignore[index]
    assert found == {BATCH_A: "有隔离", BATCH_B: "通过", "c" * 20: "拒收"}
    assert 'lang="zh-CN"' in text and "行政处罚" in text


def test_a_page_is_named_by_run_and_batch(lake: LakePaths) -> None:
    site = build_docs(lake).parent

    name = f"ingest_penalty__manual__2026-11-01T00-00-00-00-00__{BATCH_A}.html"
    assert (site / "batches" / "penalty" / "decisions" / name).is_file()
    assert f"{RUN}__{BATCH_A}" in batch_page(lake, BATCH_A)


def test_a_refused_file_has_a_page_that_tells_the_reason(lake: LakePaths) -> None:
    build_docs(lake)

    page = batch_page(lake, "c" * 20)

    assert "缺少表头或必备列" in page and "missing_header" in page


def test_building_again_writes_nothing_and_a_new_batch_only_what_it_changes(lake: LakePaths) -> None:
    site = build_docs(lake).parent
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()}

    build_docs(lake)
    again = {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()}
    with writing(lake) as connection:
        write_entry(connection, refused("d" * 20, "zero_bytes: decisions-bad.csv is empty"))
    build_docs(lake)
    changed = {path for path in site.rglob("*") if path.is_file() and before.get(path) != path.stat().st_mtime_ns}

    assert again == before
    assert {path.relative_to(site).as_posix() for path in changed} == {
        "index.html",
        "suites/penalty.decisions.html",
        f"batches/penalty/decisions/unjudged__{'d' * 20}.html",
    }


def test_every_reason_of_a_refusal_has_a_chinese_title() -> None:
    assert set(REFUSAL_TITLES) == set(get_args(Code))


def test_a_batch_that_was_judged_again_keeps_one_page(lake: LakePaths) -> None:
    build_docs(lake)
    write_verdict(lake, BATCH_A, rule(REQUIRED, "critical", 3, [99]), run="rebuild")

    build_docs(lake)

    assert "rebuild__" in batch_page(lake, BATCH_A)


def test_a_waived_rule_is_a_warning_as_the_lake_recorded_it(lake: LakePaths) -> None:
    execute(
        lake,
        f"""insert into lake.ops.quality_checks
        values ('penalty', 'decisions', '{BATCH_A}', '{REQUIRED}', '', 'warning', 'row', 96, 3)""",
    )

    build_docs(lake)

    assert "|警告|" in rule_row(batch_page(lake, BATCH_A), REQUIRED)


def test_every_rule_of_every_suite_is_explained(lake: LakePaths) -> None:
    site = build_docs(lake).parent

    for dataset in all_datasets():
        page = (site / "suites" / f"{dataset.feed}.{dataset.name}.html").read_text("utf-8")
        for one in load_suite(dataset).rules:
            assert f">{one.rule_id}<" in page
    assert set(KIND_TITLES) == KINDS


def test_three_hundred_batches_take_seconds(lake: LakePaths) -> None:
    rules = [rule(f"penalty.decisions.required.C{number}", "critical", number % 2, [5]) for number in range(40)]
    ids = [f"{number:020x}" for number in range(300)]
    with writing(lake) as connection:
        connection.execute("begin")
        for batch_id in ids:
            write_verdict(lake, batch_id, *rules)
            write_entry(connection, refused(batch_id, "agreement: the counts differ"))
        connection.execute("commit")

    start = time.perf_counter()
    site = build_docs(lake).parent
    took = time.perf_counter() - start

    assert len(list((site / "batches").rglob("*.html"))) == 303
    assert took < 20


def test_the_verdict_of_a_real_batch_becomes_its_page(tmp_path: Path) -> None:
    paths = LakePaths(tmp_path / "lake")
    file = tmp_path / "subjects-2026-10.csv"
    header = "企业名称,统一社会信用代码,注册日期,企业类型,注册资金,经营范围,所在省份,地区,注册地址"
    row = ",91440300708461136A,2020-01-01,有限责任公司,100(万人民币元),销售,内蒙古,呼和浩特,呼和浩特市新城区1号"
    file.write_text(f"{header}\n{row}\n", encoding="utf-8")
    landed = land(paths, Delivery("registration", "subjects", file))
    (batch,) = load_bronze(paths, landed, date(2026, 10, 31))
    assert isinstance(batch, Batch)
    validate(paths, batch, "run-1")

    build_docs(paths)

    page = batch_page(paths, batch.batch_id)
    dataset = load_feeds()["registration"].dataset("subjects")
    assert all(f">{one.rule_id}<" in page for one in load_suite(dataset).rules)
    assert rule_row(page, "registration.subjects.required.企业名称").endswith("|1|1|100.00%|1|")
    assert f"run-1__{batch.batch_id}" in page


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 0, "—"), (0, 10, "0.00%"), (1, 3, "33.33%"), (1, 100_000, "< 0.01%"), (10, 10, "100.00%")],
)
def test_a_share_is_never_rounded_to_nothing(part: int, whole: int, shown: str) -> None:
    assert share(part, whole) == shown
