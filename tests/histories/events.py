"""The histories: what happens to two subjects between two days that are looked at, by a seed of its own each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from tests.histories import bodies
from tests.histories.facts import (
    Case,
    Decision,
    Entry,
    Key,
    Objection,
    Penalty,
    Pledge,
    Registration,
    Repair,
    Statement,
)
from tests.histories.law import ATTENTION, RED

MAKERS = (
    bodies.penalty, bodies.penalty, bodies.penalty, bodies.penalty, bodies.entry, bodies.entry, bodies.permit,
    bodies.abnormal, bodies.arrears, bodies.rating, bodies.authorization, bodies.pledge, bodies.pledge,
)  # fmt: skip
WHAT = (
    ("report", 9), ("correct", 6), ("withdraw", 2), ("come back", 2), ("repair", 4), ("object", 4), ("go on", 6),
    ("merge", 2), ("un-merge", 2), ("late", 1),
)  # fmt: skip


def days(seed: int, steps: int) -> tuple[date, ...]:
    """The days looked at: they go on by days or months, across the change of regime, and once or twice go back."""
    random = Random(f"days {seed}")
    found = [date(2025, 12, 15) + timedelta(days=random.randint(0, 60))]
    while len(found) < steps:
        latest = max(found)
        if len(found) > 2 and random.random() < 0.2 and latest == found[-1]:
            back = latest - timedelta(days=random.randint(1, 20))
            found.append(latest if random.random() < 0.5 or back in found else back)
        else:
            found.append(latest + timedelta(days=random.choice((1, 2, 20, 45, 70, 120))))
    return tuple(found)


def subjects(history: int) -> tuple[int, int]:
    """The numbers of a history's two subjects."""
    return 1000 + 2 * history, 1001 + 2 * history


@dataclass(slots=True)
class History:
    """Two subjects and all that was said of them."""

    number: int
    seed: int
    days: Sequence[date]
    told: list[Statement] = field(default_factory=list)
    draw: bodies.Draw = field(init=False)

    def __post_init__(self) -> None:
        ahead = sorted(set(self.days))
        self.draw = bodies.Draw(Random(f"{self.seed} {self.number}"), ahead, self.number)

    def step(self, place: int) -> list[Statement]:
        """What is handed over until a day; nothing where that day was reached before."""
        since = max(self.days[:place], default=self.days[0] - timedelta(days=40))
        until = self.days[place]
        if until <= since:
            return []
        new: list[Statement] = []
        if place == 0:
            new = [Statement(one, bodies.registration(self.draw), until) for one in subjects(self.number)]
        for _ in range(self.draw.random.choice((0, 1, 2, 3, 4, 5) if place else (2, 3, 4))):
            provided = since + timedelta(days=self.draw.random.randint(1, (until - since).days))
            provided = until if self.draw.random.random() < 0.3 else provided
            happening = self._event(provided) or self._report(provided)
            if happening and happening.key not in {one.key for one in new}:
                new.append(happening)
        self.told += new
        return new

    def _event(self, provided: date) -> Statement | None:
        names, weights = zip(*WHAT, strict=True)
        (what,) = self.draw.random.choices(names, weights)
        match what:
            case "report":
                return self._report(provided)
            case "merge" | "un-merge":
                return self._decision("合并" if what == "merge" else "撤销合并", provided)
            case "repair" | "object":
                return self._case(what, provided)
            case "go on":
                return self._gone_on(provided)
        return self._again(what, provided)

    def _report(self, provided: date) -> Statement | None:
        body = self.draw.random.choice(MAKERS)(self.draw, provided)
        return Statement(self.draw.random.choice(subjects(self.number)), body, provided) if body else None

    def _decision(self, kind: str, provided: date) -> Statement:
        ours = subjects(self.number)
        subject, survivor = ours if self.draw.random.random() < 0.8 else ours[::-1]
        number = self.draw.code("D")
        decided = self.draw.near(provided - timedelta(days=10), provided)
        return Statement(subject, Decision(number, kind, survivor, decided), provided)

    def _documents(self) -> list[tuple[int, Penalty | Entry | Pledge]]:
        told = {one.key: one for one in self.told}
        return [(one.subject, one.body) for one in told.values()
                if isinstance(one.body, Penalty | Entry | Pledge)
                and not (isinstance(one.body, Entry) and one.body.kind in RED)]  # fmt: skip

    def _case(self, what: str, provided: date) -> Statement | None:
        known = self._documents()
        if not known:
            return None
        subject, body = self.draw.random.choice(known)
        if self.draw.random.random() < 0.15:
            subject = self.draw.random.choice(subjects(self.number))
        number = self.draw.code("XF" if what == "repair" else "YY")
        about = _about(body) if self.draw.random.random() < 0.95 else "经营异常名录"
        applied = self.draw.near(provided - timedelta(days=9), provided)
        case: Case = (
            Repair(number, about, body.document, body.authority, applied, None, None, None, None)
            if what == "repair"
            else Objection(number, about, body.document, body.authority, applied, None, None, None)
        )
        return Statement(subject, self._advanced(case, provided) if self.draw.random.random() < 0.4 else case, provided)

    def _advanced(self, case: Case, provided: date) -> Case:
        accepted = case.accepted or self.draw.near(case.applied, provided)
        closed = self.draw.near(accepted, provided)
        coin = self.draw.random.random()
        if isinstance(case, Objection):
            if coin < 0.2:
                return replace(case, accepted=accepted, closed=None, outcome=None)
            outcome = self.draw.random.choice(("更正", "维持", "撤销", "撤销"))
            return replace(case, accepted=accepted, closed=closed, outcome=outcome)
        if coin < 0.3:
            return replace(case, accepted=accepted, is_accepted=coin < 0.2, closed=None, outcome=None)
        outcome = self.draw.random.choice(("准予修复", "准予修复", "不予修复"))
        return replace(case, accepted=accepted, is_accepted=True, closed=closed, outcome=outcome)

    def _gone_on(self, provided: date) -> Statement | None:
        """A case takes its next step, or its outcome is taken back."""
        told = {one.key: one for one in self.told}
        cases = [(one, one.body) for one in told.values()
                 if isinstance(one.body, Repair | Objection) and one.body.applied <= provided]  # fmt: skip
        if not cases:
            return None
        one, case = self.draw.random.choice(cases)
        if case.accepted and case.accepted > provided:
            return None
        return Statement(one.subject, self._advanced(case, provided), provided)

    def _again(self, what: str, provided: date) -> Statement | None:
        """A version of something told before: corrected, withdrawn, come back, or an older one that comes late."""
        told: dict[Key, Statement] = {one.key: one for one in self.told}
        wanted = list(_wanted(what, told.values()))
        if not wanted:
            return None
        one = self.draw.random.choice(wanted)
        if what == "withdraw":
            return replace(one, provided=provided, is_withdrawal=True)
        if what == "come back":
            return replace(one, provided=provided, is_withdrawal=False)
        if what == "late":
            provided = one.provided - timedelta(days=1)
        if bodies.made(one.body) > provided:
            return None
        return Statement(one.subject, bodies.corrected(self.draw, one.body, provided), provided)


def _about(body: Penalty | Entry | Pledge) -> str:
    """What a case calls the kind of information."""
    if isinstance(body, Penalty):
        return "行政处罚"
    return "其他失信信息" if isinstance(body, Pledge) or body.kind in ATTENTION else "严重失信主体名单"


def _wanted(what: str, told: Iterable[Statement]) -> Iterator[Statement]:
    for one in told:
        if one.is_withdrawal != (what == "come back"):
            continue
        if isinstance(one.body, Registration) and what in ("withdraw", "late"):
            continue
        if isinstance(one.body, Repair | Objection | Decision) and what in ("correct", "late"):
            continue
        yield one
