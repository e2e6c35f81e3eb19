"""Moved bounds: kept one file each, in order, for good; what is damaged is said and nothing is published over it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from creditlake.cli import main
from creditlake.lake import LakePaths
from creditlake.watch.bounds import Move, MoveDamaged, bounds_in_force, read_moves, write_move
from creditlake.watch.report import Report, checks_of, keep, look
from creditlake.watch.spec import watch_of

from tests.unit.watched import MONTHLY, came, moved, standing

AS_OF = date(2026, 10, 31)


def test_moves_come_back_in_the_order_in_which_they_were_made(paths: LakePaths) -> None:
    made = [moved("due", str(days)) for days in (3, 12, 5)]

    for move in made:
        write_move(paths, move)

    assert read_moves(paths) == made
    assert bounds_in_force(watch_of(MONTHLY), read_moves(paths), AS_OF).due == 5


def test_of_many_moves_at_once_none_is_lost(paths: LakePaths) -> None:
    made = [moved("due", str(days)) for days in range(20)]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda move: write_move(paths, move), made))

    assert sorted(int(move.to) for move in read_moves(paths)) == list(range(20))
    assert [path.name for path in sorted((paths.root / "watch" / "moves").iterdir())] == [
        f"{number:06d}.json" for number in range(1, 21)
    ]


def test_a_lake_in_which_nothing_was_moved_has_no_moves(paths: LakePaths) -> None:
    assert read_moves(paths) == []


@pytest.mark.parametrize("text", ["", "{}", '{"feed": "tax"}', "[]"])
def test_a_damaged_move_is_said_with_its_file(paths: LakePaths, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_move(paths, moved("due", "3"))
    file.write_text(text, encoding="utf-8")

    with pytest.raises(MoveDamaged, match=r"000001\.json"):
        read_moves(paths)
    assert main(["watch", "list", f"--lake={paths.root}", f"--as-of={AS_OF}"]) == 1
    assert "000001.json" in capsys.readouterr().err


@pytest.mark.parametrize(("by", "reason"), [("", "核实"), ("王芳", " ")])
def test_nobody_moves_a_bound_without_a_name_and_a_reason(by: str, reason: str) -> None:
    with pytest.raises(ValueError, match="somebody and for a reason"):
        Move("penalty", "decisions", "due", "3", by, reason, AS_OF, "2026-10-31T00:00:00+00:00")


def test_a_lake_that_holds_nothing_has_no_alarm(paths: LakePaths) -> None:
    assert look(paths, AS_OF).findings == ()


def test_a_report_of_an_earlier_day_leaves_that_of_a_later_one(paths: LakePaths) -> None:
    for day in (date(2026, 10, 30), AS_OF, date(2026, 10, 29)):
        file = keep(paths, Report(day, (standing([came("2026-10-20")], "2026-10-31"),)))

    document = json.loads(Path(file).read_text(encoding="utf-8"))
    assert (document["as_of"], document["standings"][0]["last"]) == ("2026-10-31", "2026-10-20")


def test_an_alarm_is_a_warning_of_the_release_and_keeps_nothing_back() -> None:
    silent = standing([came("2026-08-20")], "2026-10-31")

    checks = {check.name: check for check in checks_of(Report(AS_OF, (silent,)))}

    assert {name: check.status for name, check in checks.items()} == {
        "watch.silence.penalty.decisions": "warned",
        "watch.volume.penalty.decisions": "passed",
        "watch.schema.penalty.decisions": "passed",
    }
    assert {(check.kind, check.severity) for check in checks.values()} == {("release", "warning")}
