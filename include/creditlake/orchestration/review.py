"""The steps of ``review_identity``: the head of the queue, and an answer as a delivery (docs/decisions/0029)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.sdk.exceptions import AirflowSkipException

from creditlake.lake import reading
from creditlake.orchestration.asking import CHOICES, LATER, NONE_OF_THEM
from creditlake.orchestration.context import business_date, conclude, drop, lake
from creditlake.orchestration.defaults import final
from creditlake.review import LINK, RULE_OUT, Asked, NothingBuilt, decisions_dataset, deliver, queue, to_fill_in


class AnswerRefused(ValueError):
    """The answer cannot be a decision; nothing was written."""


def take_head() -> dict[str, Any]:
    """Return the first question whose answer is not in the drop folder yet: how it is shown, and its row to fill in.

    Raises:
        AirflowSkipException: nothing waits.
        AirflowFailException: the lake was never built.
    """
    with final(NothingBuilt), reading(lake()) as connection:
        waiting = queue(connection)
    folder, dataset = drop(), decisions_dataset()
    open_ones = [one for one in waiting if not (folder / dataset.feed / f"{dataset.name}-{one.number}.csv").exists()]
    if not open_ones:
        raise AirflowSkipException("没有待认定的记录")
    return question(open_ones[0], len(open_ones) - 1) | {"decided_date": business_date().isoformat()}


def question(asked: Asked, waiting: int) -> dict[str, Any]:
    """Return one question in the words of the form; ``waiting`` more stand behind it."""
    return {
        "number": asked.number,
        "reason": asked.reason,
        "said": asked.said,
        "shown": [f"{choice}：{one}" for choice, one in zip(CHOICES, asked.candidates, strict=False)],
        "candidates": [candidate.uscc for candidate in asked.candidates],
        "row": to_fill_in(asked),
        "waiting": waiting,
    }


def write(asked: dict[str, Any], answer: dict[str, Any]) -> str:
    """Write the answer into the drop folder; return the file's name.

    Raises:
        AirflowSkipException: nobody decided.
        AirflowFailException: the answer names no candidate, gives no reason, or nobody's name stands with it.
    """
    with final(AnswerRefused):
        name = put(asked, answer, str(drop()))
    if name is None:
        raise AirflowSkipException(f"{LATER}：{asked['number']} 仍在队列中")
    conclude(f"{name} 已放入投递目录，下一次接入和构建之后生效")
    return name


def put(asked: dict[str, Any], answer: dict[str, Any], folder: str) -> str | None:
    """Write the decisions of an answer into a drop folder; return the file's name, None where nothing was decided."""
    (choice,) = answer["chosen_options"]
    if choice == LATER:
        return None
    by = (answer.get("responded_by_user") or {}).get("name")
    form = answer["params_input"]
    if not by or not str(form.get("reason") or "").strip():
        raise AnswerRefused("决定必须写明决定人和理由")
    decided = {"决定人": by, "决定日期": asked["decided_date"], "决定依据": form["basis"], "决定理由": form["reason"]}
    rows = [asked["row"] | decided | more for more in _decided(asked, choice)]
    return deliver(rows, Path(folder), asked["number"]).name


def _decided(asked: dict[str, Any], choice: str) -> list[dict[str, str]]:
    """What a choice says of which subject: one link, or each of the candidates ruled out under a number of its own."""
    candidates = asked["candidates"]
    if choice == NONE_OF_THEM and candidates:
        return [
            {"决定编号": f"{asked['number']}-{place}", "决定类型": RULE_OUT, "主体": uscc}
            for place, uscc in enumerate(candidates, start=1)
        ]
    place = CHOICES.index(choice) if choice in CHOICES else len(candidates)
    if place >= len(candidates):
        raise AnswerRefused(f"没有{choice}：清单只有 {len(candidates)} 个候选")
    return [{"决定类型": LINK, "主体": candidates[place]}]
