"""The rows that one part of the city adds to the files of one dataset, and how they become lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np

from creditlake.contracts import ENVELOPE
from creditlake.synthetic.population import Population
from creditlake.synthetic.rng import Dice, Flags, Ints
from creditlake.synthetic.texts import Texts, days, join, numbers, pick, repeated, take
from creditlake.synthetic.window import Window

Identity = Literal[
    "clean_uscc",
    "org_code_only",
    "registration_no_only",
    "tax_no_15",
    "tax_no_18",
    "name_only",
    "former_name",
    "unknown_subject",
    "natural_person",
]
"""How a row says whom it is about."""
IDENTITIES: tuple[Identity, ...] = get_args(Identity)
CLEAN, ORG_CODE, REGISTRATION_NO, TAX_NO_15, TAX_NO_18, NAME, FORMER_NAME, UNKNOWN, PERSON = range(len(IDENTITIES))
NOBODY = -1

PROVIDED, BATCH, SERIAL, CHANGE = ENVELOPE


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one dataset in the order of their files.

    Attributes:
        month: Which file each row stands in; rising.
        subject: The subject's place in the population; NOBODY for a person or a body in no register.
        identity: Place in IDENTITIES.
        texts, days: The columns; days are day numbers until they are written.
        document: The day from which reporting is counted; None where no law sets one.
        separator: Between the parts of a date: the 2018 standard asks for YYYY/MM/DD.
        is_after_end: The event lies after the subject's deregistration.
    """

    feed: str
    dataset: str
    month: Ints
    subject: Ints
    identity: Ints
    texts: Mapping[str, Texts]
    days: Mapping[str, Ints]
    document: str | None = None
    separator: str = "-"
    is_after_end: Flags = field(default_factory=lambda: np.zeros(0, bool))

    def __len__(self) -> int:
        return len(self.month)

    def take(self, places: Ints) -> Rows:
        """Return the rows at these places, in this order."""
        return replace(
            self,
            month=self.month[places],
            subject=self.subject[places],
            identity=self.identity[places],
            texts={name: take(column, places) for name, column in self.texts.items()},
            days={name: column[places] for name, column in self.days.items()},
            is_after_end=self.is_after_end[places],
        )

    def changed(self, texts: Mapping[str, Texts] | None = None, days: Mapping[str, Ints] | None = None) -> Rows:
        """Return the rows with other columns in place of some."""
        return replace(self, texts={**self.texts, **(texts or {})}, days={**self.days, **(days or {})})

    def is_odd(self, city: Population) -> Flags:
        """Rows with the code of a subject whose organisation code has a wrong check character."""
        odd: Flags = city.is_odd[self.subject] & (self.identity == CLEAN) & (self.subject != NOBODY)
        return odd


def of_subjects(column: Texts, subject: Ints) -> Texts:
    """Return a column of the population for the rows' subjects; empty for NOBODY."""
    return take(column, np.where(subject == NOBODY, 0, subject))


def enveloped(rows: Rows, window: Window, provided: Ints, serial: Ints, flag: Texts | None = None) -> Rows:
    """Return the rows with the envelope.

    Args:
        serial: Number of the row in the agency's exchange database, unique in the dataset.
        flag: i, u or d; i everywhere when not given.
    """
    prefix = f"{rows.feed[:2]}{rows.dataset[:2]}".upper()
    batches = pick([f"{prefix}{label.replace('-', '')}" for label in window.labels], rows.month)
    texts = {BATCH: batches, SERIAL: numbers(serial), CHANGE: repeated("i", len(rows)) if flag is None else flag}
    is_after_end = rows.is_after_end if len(rows.is_after_end) else np.zeros(len(rows), bool)
    return replace(rows.changed(texts, {PROVIDED: provided}), is_after_end=is_after_end)


def in_file_order(rows: Rows) -> Rows:
    """Return the rows sorted by month; within a month they keep their order."""
    return rows.take(np.argsort(rows.month, kind="stable"))


def with_withdrawals(rows: Rows, dice: Dice, share: float, window: Window) -> Rows:
    """Return the rows with some withdrawn again two days after they came: the row once more with the flag d."""
    keys = np.arange(len(rows), dtype=np.int64) + (len(rows) << 20)
    in_time = rows.days[PROVIDED] + 2 <= window.last[rows.month]
    recent = rows.days[PROVIDED] - rows.days[rows.document] <= 3 if rows.document else in_time
    plain = (rows.identity == CLEAN) & ~rows.is_after_end
    chosen = np.flatnonzero(dice.chance(f"{rows.dataset}.withdrawn", keys, share) & in_time & recent & plain)
    order = np.sort(np.concatenate([np.arange(len(rows)), chosen]), kind="stable")
    again = np.flatnonzero(np.diff(order, prepend=-1) == 0)
    made = rows.take(order)
    provided = made.days[PROVIDED].copy()
    provided[again] += 2
    flags = pick(["i", "d"], np.isin(np.arange(len(made)), again).astype(np.int64))
    return made.changed({CHANGE: flags}, {PROVIDED: provided})


def lines(rows: Rows, header: Sequence[str]) -> Texts:
    """Return every row as a line of CSV with its line end; no value holds a comma, a quote or a line end."""
    blank = repeated("", len(rows))
    columns = [
        days(rows.days[name], rows.separator) if name in rows.days else rows.texts.get(name, blank) for name in header
    ]
    return join(*columns[:-1], join(columns[-1], "\n"), separator=",")
