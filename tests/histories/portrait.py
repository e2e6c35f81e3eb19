"""What the model says of portraits, tags and loan scores, by the cards."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping

from tests.histories import cards
from tests.histories.profile import Profile
from tests.histories.records import Record

Table = dict[tuple[object, ...], dict[str, object]]
LEAST_PEERS = 30
"""Who has fewer peers of its sector and district is compared with the whole city."""


def portraits(judged: Mapping[int, Profile], received: set[str]) -> Table:
    """The six dimensions: the mean of the inputs that are known, and the place among the peers."""
    table: Table = {}
    peers = "F-150102" if sum(one.is_active for one in judged.values()) >= LEAST_PEERS else "150100"
    for dimension in {line["dimension_code"] for line in cards.seed("ref_portrait_dimensions")}:
        earned = {number: _dimension(one, dimension, received) for number, one in judged.items()}
        scores = sorted(
            score for number, (score, _) in earned.items() if score is not None and judged[number].is_active
        )
        for number, (score, coverage) in earned.items():
            active = judged[number].is_active
            shown = score if active else None
            table[number, dimension] = {
                "score": shown,
                "coverage": coverage,
                "peer_group": peers if active else None,
                "peer_percentile": None if shown is None else _percentile(scores, shown),
            }
    return table


def _percentile(scores: list[float], score: float) -> float:
    """Of all peers the share that is lower, half of the equal ones among them."""
    lower, same = bisect_left(scores, score), bisect_right(scores, score) - bisect_left(scores, score)
    return round(100 * (lower + same / 2) / len(scores), 4)


def _dimension(one: Profile, dimension: str, received: set[str]) -> tuple[float | None, float]:
    inputs = [line for line in cards.seed("ref_portrait_inputs") if line["dimension_code"] == dimension]
    points = [
        float(line["points"])
        for each in inputs
        if f"{each['feed']}.{each['dataset']}" in received
        for line in cards.bins("ref_portrait_scorecard", each["feature"], one.features()[each["feature"]])
    ]
    return round(sum(points) / len(points), 4) if points else None, round(len(points) / len(inputs), 4)


def tags(judged: Mapping[int, Profile]) -> Table:
    """What stands out about active subjects, with the latest record that shows it; None where several are."""
    table: Table = {}
    for number, one in judged.items():
        for line in cards.seed("ref_portrait_tags") if one.is_active else ():
            if line["kind"] == "input":
                value = one.features()[line["feature"]]
                if isinstance(value, float) and cards.within(line["lower"], line["upper"], value):
                    table[number, line["tag_code"]] = {"evidence": None}
            elif found := list(_tagged(one, line)):
                latest = max(record.occurred for record in found)
                table[number, line["tag_code"]] = {"evidence": latest}
    return table


def _tagged(one: Profile, line: cards.Line) -> Iterator[Record]:
    for record in one.records:
        if (
            record.is_latest
            and record.key[0] == f"{line['feed']}.{line['dataset']}"
            and line["polarity"] in ("", str(record.polarity))
            and line["severity"] in ("", record.severity or "")
        ):
            yield record


def loans(judged: Mapping[int, Profile]) -> dict[str, Table]:
    """The loan scores of who authorised a look, or what forbids one."""
    scores: Table = {}
    points: Table = {}
    (model,) = cards.seed("ref_loan_models")
    for number, one in judged.items():
        if not one.world.is_authorized(number):
            continue
        stop = "H01" if not one.is_active else "H04" if one.is_serious else None
        lines = [] if stop else _bins(one)
        total = int(model["base"]) + sum(int(line["points"]) for line in lines)
        grade = None if stop else cards.band("ref_loan_grades", "grade", total)
        reasons = _reasons(lines)
        scores[number, model["model_id"]] = {
            "hard_stop_code": stop, "score": None if stop else total, "grade": grade, "base": int(model["base"]),
            **{f"reason_{place + 1}": reasons[place] if place < len(reasons) else None for place in range(4)},
        }  # fmt: skip
        for line in lines:
            points[number, model["model_id"], line["feature"]] = {
                "bin_no": int(line["bin_no"]), "points": int(line["points"]), "reason_code": line["reason_code"],
            }  # fmt: skip
    return {"mart_loan_scores": scores, "mart_loan_score_points": points}


def _bins(one: Profile) -> list[cards.Line]:
    """The line of each feature: an unknown value has one of its own."""
    return [line for feature, value in one.features().items()
            for line in cards.bins("ref_loan_scorecard", feature, value)]  # fmt: skip


def _reasons(lines: list[cards.Line]) -> list[str]:
    """The features on which points were lost, most lost first."""
    best: dict[str, int] = {}
    for line in cards.seed("ref_loan_scorecard"):
        best[line["feature"]] = max(best.get(line["feature"], 0), int(line["points"]))
    lost = [(int(line["points"]) - best[line["feature"]], line["reason_code"]) for line in lines]
    return [code for points, code in sorted(lost) if points < 0]
