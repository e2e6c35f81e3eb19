"""What agencies say about two subjects: statements, each a version of something, in plain dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registration:
    """An entry of the register; ``yuan`` is null where the capital is in another currency."""

    dataset: ClassVar[str] = "registration.subjects"
    status: str
    approved: date
    established: date
    yuan: int | None

    def name(self) -> Key:
        """What tells it from others of its subject."""
        return ()


@dataclass(frozen=True, slots=True)
class Penalty:
    """A decision on a penalty; ``fine`` in yuan, ``until`` the agency's own end of publicity."""

    dataset: ClassVar[str] = "penalty.decisions"
    document: str
    authority: str
    kinds: tuple[str, ...]
    fine: int | None
    decided: date
    until: date | None

    def name(self) -> Key:
        """What tells it from others of its subject."""
        return (self.document, self.authority)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list."""

    dataset: ClassVar[str] = "lists.entries"
    kind: str
    document: str
    authority: str
    entered: date
    until: date | None
    exited: date | None

    def name(self) -> Key:
        """What tells it from others of its subject."""
        return (self.kind, self.authority, self.document)


@dataclass(frozen=True, slots=True)
class Permit:
    """A permit."""

    dataset: ClassVar[str] = "licensing.permits"
    document: str
    authority: str
    decided: date
    start: date
    end: date | None
    is_valid: bool

    def name(self) -> Key:
        """What tells it from others of its subject."""
        return (self.document, self.authority)


@dataclass(frozen=True, slots=True)
class Abnormal:
    """An entry of the list of abnormal operations."""

    dataset: ClassVar[str] = "registration.abnormal"
    authority: str
    listed: date
    removed: date | None

    def name(self) -> Key:
        """What tells it from others of its subject."""
        return (self.listed.isoformat(),)


@dataclass(frozen=True, slots=True)
class Arrears:
    """A statement of tax arrears."""

    dataset: ClassVar[str] = "tax.arrears"
    tax: str
    authority: str
    closing: date
    determined: date
    yuan: Decimal
    is_paid: bool

    def name(self) -> Key:
        """What tells it from others of its subject."""
        return (self.tax, self.closing.isoformat())


@dataclass(frozen=True, slots=True)
class Rating:
    """A yearly tax rating."""

    dataset: ClassVar[str] = "tax.ratings"
    year: int
    authority: str
    grade: str
    rated: date

    def name(self) -> Key:
        """What tells it from others of its subject."""
        return (str(self.year),)


class _Numbered:
    """What has a number of its own."""

    __slots__ = ()
    number: str

    def name(self) -> Key:
        """What tells it from others of its subject."""
        return (self.number,)


@dataclass(frozen=True, slots=True)
class Authorization(_Numbered):
    """A permission to look into a subject's data."""

    dataset: ClassVar[str] = "lending.authorizations"
    number: str
    authority: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Repair(_Numbered):
    """An application for repair as it stands; ``outcome`` 准予修复 or 不予修复."""

    dataset: ClassVar[str] = "repair.cases"
    number: str
    about: str
    document: str
    authority: str
    applied: date
    accepted: date | None
    is_accepted: bool | None
    closed: date | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Objection(_Numbered):
    """An objection as it stands; ``outcome`` 更正, 维持 or 撤销."""

    dataset: ClassVar[str] = "objection.cases"
    number: str
    about: str
    document: str
    authority: str
    applied: date
    accepted: date | None
    closed: date | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Decision(_Numbered):
    """A decision of people: 合并 or 撤销合并 of its subject and ``survivor``."""

    dataset: ClassVar[str] = "identity.decisions"
    number: str
    kind: str
    survivor: int
    decided: date


@dataclass(frozen=True, slots=True)
class Pledge(_Numbered):
    """A commitment as it stands; ``state`` 全部履行, 部分履行 or 全部未履行, once somebody determined it."""

    dataset: ClassVar[str] = "commitments.pledges"
    number: str
    kind: str
    authority: str
    promised: date
    determined: date | None
    state: str | None
    is_public: bool

    @property
    def document(self) -> str:
        """By what a case names it."""
        return self.number


Case = Repair | Objection
Body = Registration | Penalty | Entry | Permit | Abnormal | Arrears | Rating | Authorization | Case | Decision | Pledge


@dataclass(frozen=True, slots=True)
class Statement:
    """What an agency handed over on a day about a subject: a version, or the withdrawal of all before."""

    subject: int
    body: Body
    provided: date
    is_withdrawal: bool = False

    @property
    def key(self) -> Key:
        """What all versions of one thing share."""
        return (self.body.dataset, str(self.subject), *self.body.name())


@dataclass(frozen=True, slots=True)
class Batch:
    """A file: in which place it was received, and the day from which it counts."""

    file: str
    sha256: str
    place: int
    delivered: date
    dataset: str
    rows: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """A statement as a row of a file."""

    statement: Statement
    batch: Batch
    row: int

    @property
    def order(self) -> tuple[date, int, int]:
        """Which of two versions is the later one: handed over later, then received later."""
        return (self.statement.provided, self.batch.place, self.row)
