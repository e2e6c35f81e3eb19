"""The small model: of all that was handed over, what may be shown of whom on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tests.histories import records
from tests.histories.facts import (
    Authorization,
    Case,
    Decision,
    Delivered,
    Key,
    Objection,
    Registration,
    Repair,
)
from tests.histories.records import Record

ACTIVE = {"存续", "在业", "开业", "歇业"}
"""Who is in the register and not deregistered, revoked, cancelled or moved away."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A decision about a merge as the log tells it."""

    number: str
    kind: str
    subject: int
    survivor: int
    decided: date
    ended: date | None


@dataclass(frozen=True, slots=True)
class World:
    """What is true on a day.

    Attributes:
        owners: Whose each thing is that was ever handed over.
        ends: Why each credit record may not be shown; empty where it may.
    """

    day: date
    subjects: Mapping[int, Registration]
    merges: tuple[Merge, ...]
    records: tuple[Record, ...]
    authorizations: tuple[tuple[int, date, date], ...]
    owners: Mapping[Key, int]
    ends: Mapping[Key, frozenset[str]]

    def is_authorized(self, subject: int) -> bool:
        """Whether somebody may look into its data."""
        return any(who == subject and start <= self.day <= end for who, start, end in self.authorizations)

    def active(self, subject: int) -> bool:
        """Whether a subject is in the register and not gone."""
        return self.subjects[subject].status in ACTIVE


def world(handed_over: Iterable[Delivered], day: date, party: Callable[[int], str]) -> World:
    """What may be shown on a day of what has been delivered by then."""
    versions = _versions(each for each in handed_over if each.batch.delivered <= day)
    standing = [told[-1] for told in versions.values() if not told[-1].statement.is_withdrawal]
    merges, into = _merges(versions)

    def owner(one: Delivered) -> int:
        return into.get(one.statement.subject, one.statement.subject)

    registered = {
        one.statement.subject: one.statement.body for one in standing if isinstance(one.statement.body, Registration)
    }
    authorizations = tuple(
        (owner(one), one.statement.body.start, one.statement.body.end)
        for one in standing
        if isinstance(one.statement.body, Authorization)
    )
    cases: dict[int, list[Case]] = {}
    for one in standing:
        if isinstance(one.statement.body, Repair | Objection):
            cases.setdefault(owner(one), []).append(one.statement.body)
    told = [*(record for one in standing for record in records.of(one, owner(one), day, party)),
            *records.debts(standing, owner, day)]  # fmt: skip
    judged = [records.with_cases(record, cases.get(record.subject, []), day) for record in told]
    ends = {record.key: record.ends for record in judged}
    gone = {key: frozenset({"withdrawal"}) for key, told in versions.items() if told[-1].statement.is_withdrawal}
    return World(
        day,
        {subject: entry for subject, entry in registered.items() if subject not in into},
        merges,
        tuple(records.standing_ratings([record for record in judged if not record.ends])),
        authorizations,
        {key: into.get(int(key[1]), int(key[1])) for key in versions},
        ends | gone,
    )


def _versions(handed_over: Iterable[Delivered]) -> dict[Key, list[Delivered]]:
    """All versions of each thing, the latest last."""
    versions: dict[Key, list[Delivered]] = {}
    for one in sorted(handed_over, key=lambda each: each.order):
        versions.setdefault(one.statement.key, []).append(one)
    return versions


def _merges(versions: Mapping[Key, list[Delivered]]) -> tuple[tuple[Merge, ...], dict[int, int]]:
    """The log of merges, and who is merged into whom: in the order of the decisions, a reversed one left out."""
    told = list(_decisions(versions))
    log: list[Merge] = []
    into: dict[int, int] = {}
    for place, (subject, decision, withdrawn) in enumerate(told):
        pair = (subject, decision.survivor)
        if decision.kind == "撤销合并":
            known = any((s, d.survivor) == pair and d.kind == "合并" for s, d, _ in told[:place])
            if known or withdrawn:
                log.append(Merge(decision.number, decision.kind, *pair, decision.decided, withdrawn))
            continue
        undone = [d.decided for s, d, gone in told[place + 1 :]
                  if d.kind == "撤销合并" and (s, d.survivor) == pair and gone is None]  # fmt: skip
        ended = min([*undone, *([withdrawn] if withdrawn else [])], default=None)
        if ended is None:
            if subject in into or into.get(decision.survivor) == subject:
                continue  # merged already, or it would close a circle
            into[subject] = decision.survivor
        log.append(Merge(decision.number, decision.kind, *pair, decision.decided, ended))
    return tuple(log), into


def _decisions(versions: Mapping[Key, list[Delivered]]) -> Iterator[tuple[int, Decision, date | None]]:
    """Each decision in its last wording, by day and number, with the day since which it is withdrawn."""
    found = []
    for told in versions.values():
        worded = [one for one in told if not one.statement.is_withdrawal]
        if worded and isinstance(body := worded[-1].statement.body, Decision):
            last = told[-1].statement
            found.append((worded[-1].statement.subject, body, last.provided if last.is_withdrawal else None))
    yield from sorted(found, key=lambda one: (one[1].decided, one[1].number))
