"""A thousand random histories in one lake: what every release says is what a small model in plain Python says.

Report, correct, withdraw, come back, come late, repair, object, be revoked, expire, merge, un-merge, run again, in any
order, the day moved on and back. More of it, and a history alone: ``python -m tests.histories --help``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.histories.events import History, days, subjects
from tests.histories.facts import Decision, Statement
from tests.histories.play import Play, play

HISTORIES = int(os.environ.get("CREDITLAKE_HISTORIES", "1000"))
STEPS = int(os.environ.get("CREDITLAKE_HISTORY_STEPS", "3"))
"""Each step is a run of the whole pipeline; how many histories there are costs little."""
SEED = 20260401


def test_every_mart_says_what_the_model_says(tmp_path: Path) -> None:
    made = Play(tmp_path, SEED, range(HISTORIES), STEPS)

    found = list(play(made, print))

    assert not found, "\n".join(found)


def test_a_history_is_the_same_alone_and_among_others() -> None:
    alone, other = (History(7, 3, days(3, 6)) for _ in range(2))

    assert [alone.step(place) for place in range(6)] == [other.step(place) for place in range(6)]
    assert {one.subject for one in alone.told} == set(subjects(7))


@pytest.mark.parametrize("kind", ["合并", "撤销合并"])
def test_the_histories_hold_what_they_are_to_try(kind: str) -> None:
    told = [one for number in range(100) for one in _told(number)]

    assert any(one.is_withdrawal for one in told)
    assert any(isinstance(one.body, Decision) and one.body.kind == kind for one in told)


def _told(number: int) -> list[Statement]:
    history = History(number, SEED, days(SEED, 5))
    for place in range(5):
        history.step(place)
    return history.told
