"""Play many histories in one lake, step by step, and compare every release with the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from creditlake.lake import LakePaths
from creditlake.release import Release, current

from tests.e2e.harness import run
from tests.histories import law
from tests.histories.compare import Difference, differences, subject_of
from tests.histories.deltas import changes
from tests.histories.events import History, days, subjects
from tests.histories.facts import (
    Abnormal,
    Arrears,
    Authorization,
    Decision,
    Delivered,
    Entry,
    Objection,
    Penalty,
    Permit,
    Rating,
    Registration,
    Repair,
    Statement,
)
from tests.histories.files import deliver, party
from tests.histories.index import judged
from tests.histories.lake import Reader, rows
from tests.histories.marts import Table, marts
from tests.histories.model import World, world

WITNESS = 998
"""A subject of no history of which every file has a row of the step's day: so a history delivers the same alone."""


@dataclass(slots=True)
class Play:
    """Histories in a lake.

    Attributes:
        numbers: Which histories; the same seed and number is the same history, alone or among others.
        steps: How often the lake is run and compared.
    """

    folder: Path
    seed: int
    numbers: Sequence[int]
    steps: int
    days: tuple[date, ...] = field(init=False)
    histories: list[History] = field(init=False)
    delivered: list[Delivered] = field(default_factory=list)
    released: dict[date, World] = field(default_factory=dict)
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.days = days(self.seed, self.steps)
        self.histories = [History(number, self.seed, self.days) for number in self.numbers]
        everybody = [subject for number in self.numbers for subject in subjects(number)]
        self.reader = Reader([WITNESS, *everybody])

    def step(self, place: int) -> list[Difference]:
        """Deliver what happened until the next day, run, and say where lake and model differ."""
        day = self.days[place]
        told = [statement for history in self.histories for statement in history.step(place)]
        if place == 0 or day > max(self.days[:place]):
            self.delivered += deliver(self.folder / "drop", place, [*told, *_witnessed(day, place)])
        release = self._run(day, place)
        truth = world(self.delivered, day, party)
        found = self.reader.marts(release, self.delivered)
        model: dict[str, Table] = dict(marts(truth, self.delivered))
        by_month = judged(model["mart_city_credit_index"], found["mart_city_credit_index"], day)
        model["mart_city_credit_index"] = by_month
        base = max((past for past in self.released if past < day), default=None)
        changed = changes(self.released[base] if base else None, truth, self.reader.ids)
        self.released[day] = truth
        model["mart_profile_deltas"], found["mart_profile_deltas"] = changed, self._changes(release, changed)
        return list(differences(model, found))

    def _run(self, day: date, place: int) -> Release:
        paths = LakePaths(self.folder / "lake")
        before = current(paths) if place and self.days[place - 1] == day else None
        created = datetime(2027, 1, 1, place, tzinfo=UTC)
        assert run(paths, self.folder / "drop", day, created) == 0
        release = current(paths)
        # the same deliveries and the same day are the same release
        assert before is None or before.release_id == release.release_id
        return release

    def _changes(self, release: Release, model: Table) -> Table:
        """The changes; of a figure that several causes moved there is a row for each, and the model names no cause."""
        table: Table = {}
        if base := release.manifest["base"]:
            table["base", date.fromisoformat(base["as_of"])] = {"subjects_gone": base["subjects_gone"]}
        for row in rows(release, "mart_profile_deltas"):
            key = (self.reader.subjects[row["subject_id"]], row["item_type"], row["item"])
            table[key] = {column: row[column] for column in model.get(key, {"change_type": None})}
        return table

    def retold(self, difference: Difference) -> str:
        """A difference, with the history it is about and how to play that alone."""
        subject = subject_of(difference.key)
        mine = [one for one in self.histories if subject in subjects(one.number)]
        if not mine:
            return str(difference)
        (history,) = mine
        alone = f"python -m tests.histories --seed {self.seed} --steps {self.steps} --only {history.number}"
        lines = [f"  {one.provided} {'withdraws ' if one.is_withdrawal else ''}{one.subject} {one.body}"
                 for one in history.told]  # fmt: skip
        return "\n".join([str(difference), f"history {history.number}: {alone}", *lines])


def play(made: Play, tell: Callable[[str], None]) -> Iterator[str]:
    """Play all steps; yield what differs, of the first step that differs alone."""
    for place, day in enumerate(made.days):
        found = made.step(place)
        tell(f"step {place + 1} of {made.steps}, as of {day}: {len(made.delivered)} rows, {len(found)} differences")
        if found:
            marts_of = sorted({one.mart + "." + one.column for one in found})
            yield f"seed {made.seed}, step {place + 1}, as of {day}: {len(found)} differences in {', '.join(marts_of)}"
            yield from (made.retold(one) for one in found[:5])
            return


def _witnessed(day: date, place: int) -> Iterator[Statement]:
    """A row of every dataset, handed over on the day itself."""
    office, since = "新城区市场监督管理局", date(2025, 6, 2)
    bodies = (
        Registration("存续", since, since, 1_000_000),
        Penalty("见罚1号", office, ("罚款",), 50000, since, None),
        Entry("守合同重信用企业", "见列1号", office, since, None, None),
        Permit("见许1号", office, since, since, None, True),
        Abnormal(office, since, None),
        Arrears("增值税", "新城区税务局", since, since, Decimal("100.00"), False),
        Rating(2024, "新城区税务局", "B", since),
        Authorization("SQ0", "测试银行", since, since + timedelta(days=9000)),
        Repair("XF0", "行政处罚", "无此文号", office, since, None, None, None, None),
        Objection("YY0", "行政处罚", "无此文号", office, since, None, None, None),
        Decision("W0", "撤销合并", 1000, since),
    )
    yield from (Statement(WITNESS, body, day) for body in bodies)
    if day >= law.ORDER_36:  # one day apart, and under two regimes
        for number, decided in (("见罚2号", law.ORDER_36 - timedelta(days=1)), ("见罚3号", law.ORDER_36)):
            yield Statement(WITNESS, Penalty(number, office, ("暂扣许可证件",), None, decided, None), day)
