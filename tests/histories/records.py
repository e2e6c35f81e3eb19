"""The credit records that the statements make, and why one may not be shown on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tests.histories import law
from tests.histories.facts import (
    Abnormal,
    Arrears,
    Body,
    Case,
    Delivered,
    Entry,
    Key,
    Objection,
    Penalty,
    Permit,
    Pledge,
    Rating,
)


@dataclass(frozen=True, slots=True)
class Record:
    """A credit record.

    Attributes:
        ends: Why it may not be shown, by the words of the releases; empty where it may.
    """

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
    source: Delivered
    ends: frozenset[str]
    is_objected: bool = False
    is_latest: bool = True

    @property
    def is_serious_list(self) -> bool:
        """Whether it alone makes its subject seriously dishonest."""
        return self.record_type == "serious_listing"

    @property
    def body(self) -> Body:
        """What the agency said."""
        return self.source.statement.body


def of(one: Delivered, owner: int, day: date, party: Callable[[int], str]) -> Iterator[Record]:
    """The record that a statement makes by itself; arrears are judged together."""
    key = one.statement.key
    match one.statement.body:
        case Penalty() as body:
            yield _penalty(one, body, owner, day, party(one.statement.subject))
        case Entry() as body:
            yield _entry(one, body, owner, day)
        case Permit() as body:
            end = body.end or law.OPEN_END
            ends = _ends(max(body.start, body.decided), day, end, is_ended=not body.is_valid)
            yield Record(key, owner, "permit", 0, None, body.decided, None, body.authority, body.document,
                         end, one, ends)  # fmt: skip
        case Abnormal() as body:
            ends = _ends(body.listed, day, None, is_ended=_is_past(body.removed, day))
            yield Record(key, owner, "abnormal_operation", -1, None, body.listed, None, body.authority, None,
                         None, one, ends)  # fmt: skip
        case Pledge() as body:
            yield _pledge(one, body, owner, day)
        case Rating() as body:
            until = law.after(body.rated, law.RATING_MONTHS)
            polarity = {"A": 1, "C": -1, "D": -1}.get(body.grade, 0)
            yield Record(key, owner, "tax_rating", polarity, None, body.rated, None, body.authority, None,
                         until, one, _ends(body.rated, day, until))  # fmt: skip


def _penalty(one: Delivered, body: Penalty, owner: int, day: date, party: str) -> Record:
    """A penalty; a minor one is published nowhere."""
    until = law.penalty_until(body, party)
    fine = None if body.fine is None else Decimal(body.fine)
    ends = _ends(body.decided, day, until) if until else frozenset({"unpublished"})
    return Record(one.statement.key, owner, "penalty", -1, law.severity(body, party), body.decided, fine,
                  body.authority, body.document, until, one, ends)  # fmt: skip


def _entry(one: Delivered, body: Entry, owner: int, day: date) -> Record:
    """An entry of a list: from the day of its exit on it is shown no more."""
    kind = "red" if body.kind in law.RED else "attention" if body.kind in law.ATTENTION else "serious"
    until = law.entry_until(body)
    ends = _ends(body.entered, day, until, is_ended=_is_past(body.exited, day))
    return Record(one.statement.key, owner, f"{kind}_listing", 1 if kind == "red" else -1,
                  "serious" if kind == "serious" else None, body.entered, None, body.authority, body.document,
                  until, one, ends)  # fmt: skip


def _pledge(one: Delivered, body: Pledge, owner: int, day: date) -> Record:
    """A commitment; a broken one weighs, once it is determined, for the term of a general breach."""
    is_broken = body.state in ("部分履行", "全部未履行") and _is_past(body.determined, day)
    until = law.after(body.determined, law.GENERAL_MONTHS) if is_broken and body.determined else None
    ends = _ends(body.promised, day, until) if body.is_public else frozenset({"unpublished"})
    return Record(one.statement.key, owner, "commitment_breach" if is_broken else "commitment", -1 if is_broken else 0,
                  None, body.promised, None, body.authority, body.number, until, one, ends)  # fmt: skip


def _ends(start: date, day: date, until: date | None, *, is_ended: bool = False) -> frozenset[str]:
    """Why a record may not be shown on a day; the last day of its term is one on which it may."""
    reasons = {"early": day < start, "expiry": until is not None and until < day, "ended": is_ended}
    return frozenset(name for name, holds in reasons.items() if holds)


def _is_past(event: date | None, day: date) -> bool:
    return event is not None and event <= day


def debts(standing: Iterable[Delivered], owner: Callable[[Delivered], int], day: date) -> Iterator[Record]:
    """Tax arrears: what is paid in a later statement is paid in the earlier ones too; the last one is what is owed."""
    by_debt: dict[tuple[int, str], list[tuple[Arrears, Delivered]]] = {}
    for one in standing:
        body = one.statement.body
        if isinstance(body, Arrears) and body.determined <= day:
            by_debt.setdefault((owner(one), body.tax), []).append((body, one))
    for (subject, _), told in by_debt.items():
        told.sort(key=lambda each: each[0].closing)
        paid = max((body.closing for body, _ in told if body.is_paid), default=date.min)
        for body, one in told:
            ends = _ends(body.determined, day, None, is_ended=body.closing <= paid)
            yield Record(one.statement.key, subject, "tax_arrears", -1, None, body.determined, body.yuan,
                         body.authority, None, None, one, ends, is_latest=body is told[-1][0])  # fmt: skip


ABOUT = {
    "penalty": "行政处罚",
    "serious_listing": "严重失信主体名单",
    "attention_listing": "其他失信信息",
    "commitment_breach": "其他失信信息",
}
"""What the kinds of dishonest information that have a document are called in a case (Order 36 art 4)."""
ENDINGS = {"准予修复": "repair", "撤销": "revocation"}
"""Order 36 art 3: what is repaired is neither published nor used; nor is what an objection had revoked."""


def with_cases(record: Record, cases: Iterable[Case], day: date) -> Record:
    """The record as the cases of its subject leave it: ended, objected, or as it was."""
    about = (ABOUT.get(record.record_type), record.document, record.authority)
    mine = [case for case in cases if (case.about, case.document, case.authority) == about]
    closed = {ENDINGS[case.outcome] for case in mine if case.outcome in ENDINGS and _is_past(case.closed, day)}
    is_open = any(
        isinstance(case, Objection) and case.applied <= day and not _is_past(case.closed, day) for case in mine
    )
    return replace(record, ends=record.ends | closed, is_objected=is_open)


def standing_ratings(records: Iterable[Record]) -> Iterator[Record]:
    """Of a subject's yearly ratings the latest year is its rating; the others are records of the past."""
    listed = list(records)
    best: dict[int, tuple[int, date]] = {}
    for record in listed:
        if isinstance(record.body, Rating):
            best[record.subject] = max(best.get(record.subject, (0, date.min)), (record.body.year, record.body.rated))
    for record in listed:
        is_past = isinstance(record.body, Rating) and (record.body.year, record.body.rated) != best[record.subject]
        yield replace(record, is_latest=False) if is_past else record
