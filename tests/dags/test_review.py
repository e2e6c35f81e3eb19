"""The review queue by DAG: a person's answer becomes a delivery that breaks no rule, or nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from creditlake.bronze import Batch, load_bronze
from creditlake.connectors.files import Delivery
from creditlake.lake import LakePaths
from creditlake.landing import land
from creditlake.quality import judge
from creditlake.review import Asked, Candidate, decisions_dataset, to_fill_in

from tests.dags.conftest import Airflow
from tests.e2e.harness import AS_OF
from tests.unit.clean_rows import invented_uscc

ASKED = Asked(
    identity_key="0123456789abcdef0123456789abcdef",
    reason="只有名称相同，没有第二项佐证",
    said="名称：呼和浩特市测试商贸有限公司",
    decisions=0,
    candidates=(Candidate(invented_uscc(1), "甲公司", 3.5), Candidate(invented_uscc(2), "乙公司", 1.25)),
)
NUMBER = "F0123456789AB-1"


def answer(choice: str, reason: str = "机关书面核实", basis: str = "机关核实") -> dict[str, Any]:
    """What Airflow gives of an answer in its form."""
    return {
        "chosen_options": [choice],
        "params_input": {"basis": basis, "reason": reason},
        "responded_by_user": {"id": "1", "name": "测试甲"},
    }


def put(airflow: Airflow, given: dict[str, Any], drop: Path) -> dict[str, Any]:
    """Write an answer into a drop folder as the DAG's last task does."""
    asked = {
        "number": ASKED.number,
        "candidates": [candidate.uscc for candidate in ASKED.candidates],
        "row": to_fill_in(ASKED),
        "decided_date": AS_OF.isoformat(),
    }
    told: dict[str, Any] = airflow.ask("call", function="review.put", arguments=[asked, given, str(drop)])
    return told


@pytest.mark.parametrize("basis", ["机关核实", "登记材料", "代码更换"])
@pytest.mark.parametrize(("choice", "rows"), [("候选二", 1), ("都不是", 2)])
def test_an_answer_is_a_delivery_that_breaks_no_rule(
    airflow: Airflow, paths: LakePaths, tmp_path: Path, choice: str, rows: int, basis: str
) -> None:
    assert put(airflow, answer(choice, basis=basis), tmp_path) == {"answer": f"decisions-{NUMBER}.csv"}

    dataset = decisions_dataset()
    (file,) = (tmp_path / dataset.feed).iterdir()
    (batch,) = load_bronze(paths, land(paths, Delivery(dataset.feed, dataset.name, file)), AS_OF)
    assert isinstance(batch, Batch)
    verdict = judge(batch.rows_file(paths), dataset, batch.delivered, "review", batch.batch_id)
    assert (verdict.rows, verdict.failed_rows.num_rows) == (rows, 0)


def test_an_answer_says_which_subject_by_whom_and_why(airflow: Airflow, tmp_path: Path) -> None:
    put(airflow, answer("候选二"), tmp_path)

    (file,) = (tmp_path / decisions_dataset().feed).iterdir()
    header, row = (line.split(",") for line in file.read_text(encoding="utf-8").splitlines())
    told = dict(zip(header, row, strict=True))
    assert (told["决定编号"], told["决定类型"], told["标识键"]) == (NUMBER, "挂接", ASKED.identity_key)
    assert (told["主体"], told["决定人"], told["决定理由"]) == (invented_uscc(2), "测试甲", "机关书面核实")


@pytest.mark.parametrize(
    "given", [answer("候选三"), answer("候选一", reason=" "), answer("候选一") | {"responded_by_user": None}]
)
def test_an_answer_that_decides_nothing_is_refused(airflow: Airflow, tmp_path: Path, given: dict[str, Any]) -> None:
    assert put(airflow, given, tmp_path)["raised"] == "AnswerRefused"
    assert list(tmp_path.iterdir()) == []


def test_who_does_not_decide_leaves_it_in_the_queue(airflow: Airflow, tmp_path: Path) -> None:
    assert put(airflow, answer("暂不认定"), tmp_path) == {"answer": None}
    assert list(tmp_path.iterdir()) == []
