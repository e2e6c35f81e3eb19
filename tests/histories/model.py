"""The small model: of all that was handed over, what may be shown of whom on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tests.histories import law
from tests.histories.facts import (
    Abnormal,
    Arrears,
    Authorization,
    Body,
    Case,
    Decision,
    Delivered,
    Entry,
    Key,
    Objection,
    Penalty,
    Permit,
    Rating,
    Registration,
    Repair,
)

ACTIVE = {"存续", "在业", "开业", "歇业"}
"""Who is in the register and not deregistered, revoked, cancelled or moved away."""


@dataclass(frozen=True, slots=True)
class Record:
    """A credit record that may be shown."""

    key: Key
    subject: int
    record_type: str
    polarity: int
    severity: str | None
    occurred: date
    yuan: Decimal | None
    authority: str
    document: str | None
    until: date | None
    is_objected: bool
    source: Delivered
    is_latest: bool = True

    @property
    def is_serious_list(self) -> bool:
        """Whether it alone makes its subject seriously dishonest."""
        return self.record_type == "serious_listing"

    @property
    def body(self) -> Body:
        """What the agency said."""
        return self.source.statement.body


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
    """What is true on a day."""

    day: date
    subjects: Mapping[int, Registration]
    merges: tuple[Merge, ...]
    records: tuple[Record, ...]
    authorized: frozenset[int]

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
    authorized = frozenset(owner(one) for one in standing if _is_authorized(one.statement.body, day))
    candidates = [record for one in standing for record in _record(one, owner(one), day, party)]
    cases = [(one.statement.body, owner(one)) for one in standing if isinstance(one.statement.body, Repair | Objection)]
    shown = [_with_cases(record, cases, day) for record in [*candidates, *_debts(standing, owner, day)]]
    return World(
        day,
        {subject: entry for subject, entry in registered.items() if subject not in into},
        merges,
        tuple(_standing_ratings([record for record in shown if record is not None])),
        authorized,
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


def _is_authorized(body: Body, day: date) -> bool:
    return isinstance(body, Authorization) and body.start <= day <= body.end


def _record(one: Delivered, owner: int, day: date, party: Callable[[int], str]) -> Iterator[Record]:
    """The record that a statement makes, unless it may not be shown on that day."""
    body, key = one.statement.body, one.statement.key
    if isinstance(body, Penalty):
        until = law.penalty_until(body, party(one.statement.subject))
        grade = law.severity(body, party(one.statement.subject))
        fine = None if body.fine is None else Decimal(body.fine)
        if until is not None and body.decided <= day <= until:
            yield Record(key, owner, "penalty", -1, grade, body.decided, fine, body.authority, body.document,
                         until, False, one)  # fmt: skip
    elif isinstance(body, Entry):
        until = law.entry_until(body)
        red = body.kind in law.RED
        kind = "red" if red else "attention" if body.kind in law.ATTENTION else "serious"
        # from the day of its exit on it is shown no more
        if body.entered <= day <= (until or law.OPEN_END) and not (body.exited and body.exited <= day):
            yield Record(key, owner, f"{kind}_listing", 1 if red else -1, "serious" if kind == "serious" else None,
                         body.entered, None, body.authority, body.document, until, False, one)  # fmt: skip
    elif isinstance(body, Permit):
        end = body.end or law.OPEN_END
        if body.is_valid and max(body.start, body.decided) <= day <= end:
            yield Record(key, owner, "permit", 0, None, body.decided, None, body.authority, body.document,
                         end, False, one)  # fmt: skip
    elif isinstance(body, Abnormal):
        if body.listed <= day and not (body.removed and body.removed <= day):
            yield Record(key, owner, "abnormal_operation", -1, None, body.listed, None, body.authority, None,
                         None, False, one)  # fmt: skip
    elif isinstance(body, Rating):
        until = law.after(body.rated, law.RATING_MONTHS)
        polarity = {"A": 1, "C": -1, "D": -1}.get(body.grade, 0)
        if body.rated <= day <= until:
            yield Record(key, owner, "tax_rating", polarity, None, body.rated, None, body.authority, None,
                         until, False, one)  # fmt: skip


def _debts(standing: Iterable[Delivered], owner: Callable[[Delivered], int], day: date) -> Iterator[Record]:
    """Tax arrears that are not paid: what is paid in a later statement is paid in the earlier ones too."""
    debts: dict[tuple[int, str], list[tuple[Arrears, Delivered]]] = {}
    for one in standing:
        body = one.statement.body
        if isinstance(body, Arrears) and body.determined <= day:
            debts.setdefault((owner(one), body.tax), []).append((body, one))
    for (subject, _), told in debts.items():
        told.sort(key=lambda each: each[0].closing)
        paid = max((body.closing for body, _ in told if body.is_paid), default=date.min)
        for body, one in told:
            if body.closing > paid:
                yield Record(one.statement.key, subject, "tax_arrears", -1, None, body.determined, body.yuan,
                             body.authority, None, None, False, one, is_latest=body is told[-1][0])  # fmt: skip


ABOUT = {"penalty": "行政处罚", "serious_listing": "严重失信主体名单", "attention_listing": "其他失信信息"}
"""What the kinds of dishonest information that have a document are called in a case (Order 36 art 4)."""


def _with_cases(record: Record, cases: Iterable[tuple[Case, int]], day: date) -> Record | None:
    """The record as its cases leave it: none once it is repaired (Order 36 art 3) or revoked, else perhaps objected."""
    about = (ABOUT.get(record.record_type), record.document, record.authority, record.subject)
    mine = [case for case, subject in cases if (case.about, case.document, case.authority, subject) == about]
    if any(case.outcome in ("准予修复", "撤销") and case.closed and case.closed <= day for case in mine):
        return None
    is_open = [
        isinstance(case, Objection) and case.applied <= day and (case.closed is None or case.closed > day)
        for case in mine
    ]
    return replace(record, is_objected=any(is_open))


def _standing_ratings(records: Iterable[Record]) -> Iterator[Record]:
    """Of a subject's yearly ratings the latest year is its rating; the others are records of the past."""
    listed = list(records)
    best: dict[int, tuple[int, date]] = {}
    for record in listed:
        if isinstance(record.body, Rating):
            best[record.subject] = max(best.get(record.subject, (0, date.min)), (record.body.year, record.body.rated))
    for record in listed:
        is_past = isinstance(record.body, Rating) and (record.body.year, record.body.rated) != best[record.subject]
        yield replace(record, is_latest=False) if is_past else record
