"""From clean rows to the rows that are delivered, and what is true of each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from creditlake.contracts import load_feeds
from creditlake.synthetic.events import Part
from creditlake.synthetic.faults import Fault, Place, Site, selected
from creditlake.synthetic.rng import Flags, Ints
from creditlake.synthetic.rows import CHANGE, NOBODY, PERSON, UNKNOWN, Rows
from creditlake.synthetic.texts import equal

Role = Literal["register", "plain", "records"]


@dataclass(frozen=True, slots=True)
class Delivered:
    """One dataset of one part of the city, before anything went wrong.

    Attributes:
        code: The column of the unified code; its inner check warns for a subject with an odd code.
        faults: What goes wrong in this dataset, in the order in which few rows are given out.
        may_break: Rows that may go to quarantine; None for all. The register gives only those of quiet subjects.
        role: ``register`` says who is there; ``plain`` rows always carry the code; ``records`` name subjects anyhow.
    """

    rows: Rows
    code: str
    faults: tuple[Fault, ...]
    may_break: Flags | None = None
    role: Role = "records"


@dataclass(frozen=True, slots=True)
class Mark:
    """Rows of one truth: a kind of fault, where it must end, one rule (empty: none), and the rows' places."""

    kind: str
    place: Place
    rule: str
    rows: Ints


def damaged(part: Part, delivered: Delivered) -> tuple[Rows, list[Mark]]:
    """Return the rows as they are delivered, and the truth of each that is not plain."""
    rows, code = delivered.rows, delivered.code
    if not part.has_faults:
        return rows, list(_marked(part, rows, code))
    site = Site(part.dice, part.window, part.number)
    eligible = _plain(part, rows)
    chosen = _chosen(delivered, eligible, site)
    again: list[tuple[Fault, Ints]] = []
    marks: list[tuple[Fault, Ints]] = []
    for fault, places in zip(delivered.faults, chosen, strict=True):
        if fault.repeats:
            again.append((fault, places))
        elif fault.damage is not None:
            rows = fault.damage(rows, places, site) if len(places) else rows
            marks.append((fault, places))
    rows, order, second = _repeated(rows, [places for _, places in again])
    made = [mark for fault, places in marks for mark in _of_fault(fault, np.searchsorted(order, places))]
    for fault, places in again:
        firsts = np.searchsorted(order, places)
        if fault.damage is not None and len(places):
            rows = fault.damage(rows, firsts + 1, site)
        rows_of_fault = np.sort(np.concatenate([firsts, firsts + 1])) if fault.both else firsts + 1
        made += _of_fault(fault, rows_of_fault)
    done = np.concatenate([second, *(mark.rows for mark in made)]) if made else second
    return rows, made + list(_marked(part, rows, code, done))


def _chosen(delivered: Delivered, eligible: Flags, site: Site) -> list[Ints]:
    """Choose the rows of each fault: half of the rows stay clean, and only those that may be lost are quarantined."""
    rows, room = delivered.rows, int(eligible.sum()) // 2
    may_break = np.ones(len(rows), bool) if delivered.may_break is None else delivered.may_break
    grave = [fault for fault in delivered.faults if _loses_a_row(fault)]
    mild = [fault for fault in delivered.faults if not _loses_a_row(fault)]
    chosen = dict(zip(grave, selected(grave, rows, eligible & may_break, room, site), strict=True))
    left = eligible & ~may_break if delivered.may_break is not None else eligible.copy()
    for places in chosen.values():
        left[places] = False
        room -= len(places)
    chosen |= dict(zip(mild, selected(mild, rows, left, room, site), strict=True))
    return [chosen[fault] for fault in delivered.faults]


def _loses_a_row(fault: Fault) -> bool:
    return fault.place == "quarantined" and (not fault.repeats or fault.both)


def _plain(part: Part, rows: Rows) -> Flags:
    """Rows of which nothing else is true: they may take a fault."""
    is_withdrawal = equal(rows.texts[CHANGE], "d")
    taken = is_withdrawal | np.roll(is_withdrawal, -1) | rows.is_odd(part.city) | rows.is_after_end
    plain: Flags = ~taken & (rows.identity != PERSON) & (rows.identity != UNKNOWN)
    return plain


def _repeated(rows: Rows, groups: Sequence[Ints]) -> tuple[Rows, Ints, Ints]:
    """Return the rows with some of them twice, the order they were taken in, and the places of the second ones."""
    order = np.sort(np.concatenate([np.arange(len(rows)), *groups]), kind="stable").astype(np.int64)
    second = np.flatnonzero(np.diff(order, prepend=-1) == 0)
    return (rows.take(order) if len(second) else rows), order, second


def _of_fault(fault: Fault, places: Ints) -> list[Mark]:
    return [Mark(fault.kind, fault.place, rule, places) for rule in fault.rules or ("",)]


def _marked(part: Part, rows: Rows, code: str, done: Ints | None = None) -> Iterator[Mark]:
    """Yield what is true of rows by themselves; ``done`` are the places that took a fault."""
    free = np.ones(len(rows), bool)
    free[done if done is not None else []] = False
    inner = f"inner_check_digit.{code}"
    odd = free & rows.is_odd(part.city) & ~_says_nothing_of(code, rows)
    yield Mark("odd_inner_check_digit", "warning", inner, np.flatnonzero(odd))
    strangers = (rows.identity == UNKNOWN) & (rows.subject == NOBODY)
    yield Mark("unknown_subject", "modelled", "", np.flatnonzero(strangers))
    yield Mark("after_deregistration", "modelled", "", np.flatnonzero(rows.is_after_end))


def _says_nothing_of(column: str, rows: Rows) -> Flags:
    """Withdrawals, of which the key alone is judged, where the column is no part of it."""
    key = load_feeds()[rows.feed].dataset(rows.dataset).key
    is_withdrawal = equal(rows.texts[CHANGE], "d")
    return np.zeros(len(rows), bool) if any(column in part for part in key) else is_withdrawal
