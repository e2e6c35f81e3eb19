"""What goes wrong in a row: each fault with the place where it must end and all the rules the row then breaks.

A fault is declared by the feed's own module beside the dataset it belongs to; here is how each kind is done. Damage
never touches a row twice, a row about a subject with an odd code, a natural person or a body in no register: the truth
of a faulty row is one kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from creditlake.synthetic.identifiers import wrong_last_character
from creditlake.synthetic.rng import Dice, Flags, Ints
from creditlake.synthetic.rows import CLEAN, NAME, PROVIDED, Rows
from creditlake.synthetic.texts import MISSING_DAY, Texts, pick, put, repeated, strings, take
from creditlake.synthetic.window import Window, working_days_between

Place = Literal["quarantined", "normalised", "file_refused", "warning", "modelled"]
MISSING_WORDS = ("", "N/A", "-", "暂无")
_FULL_WIDTH = "".join(chr(code) for code in range(0xFF01, 0xFF5F))


@dataclass(frozen=True, slots=True)
class Site:
    """Where damage is done: the chance and the calendar it may use, and which part of the city it is."""

    dice: Dice
    window: Window
    number: int


Damage = Callable[[Rows, Ints, Site], Rows]
Where = Callable[[Rows], Flags]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which rows of one dataset go wrong.

    Attributes:
        rules: Ids of all the rules that the row breaks, without feed and dataset.
        damage: Changes the rows at some places; None where the row is only repeated.
        where: Which rows can take it; None for all.
        repeats: The row comes once more behind itself; ``damage`` then changes the second one only.
        both: Both rows of a repeated pair break the rules; else the second one alone.
    """

    kind: str
    place: Place
    rules: tuple[str, ...]
    damage: Damage | None
    where: Where | None = None
    repeats: bool = False
    both: bool = False


def wrong_check_digit(column: str) -> Fault:
    """The last character of a unified code is another one."""

    def damage(rows: Rows, places: Ints, _: Site) -> Rows:
        codes = strings(take(rows.texts[column], places))
        return rows.changed(
            {column: put(rows.texts[column], places, pa.array(wrong_last_character(codes), pa.string()))}
        )

    return Fault("wrong_check_digit", "quarantined", (f"check_digit.{column}",), damage, _has_code)


def missing_field(column: str) -> Fault:
    """A required value is empty, or one of the words that mean the same."""

    def damage(rows: Rows, places: Ints, site: Site) -> Rows:
        words = pick(MISSING_WORDS, site.dice.below(f"missing.{rows.dataset}.{column}", places, len(MISSING_WORDS)))
        return rows.changed({column: put(rows.texts[column], places, words)})

    return Fault("missing_field", "quarantined", (f"required.{column}",), damage)


def unknown_value(column: str, word: str) -> Fault:
    """A value that its list does not have."""
    return Fault("unknown_value", "quarantined", (f"enum.{column}",), _all(column, word))


def outside_catalogue(column: str, word: str) -> Fault:
    """What the row is about may be in no credit record, by its own name."""
    return Fault("outside_catalogue", "quarantined", (f"catalogue.{column}",), _all(column, word))


def future_date(column: str) -> Fault:
    """A document's day after the end of the month in which it is handed over."""

    def damage(rows: Rows, places: Ints, site: Site) -> Rows:
        beyond = site.window.last[rows.month[places]] + 40 + site.dice.below(f"future.{rows.dataset}", places, 300)
        return rows.changed(days={column: _set(rows.days[column], places, beyond)})

    return Fault("future_date", "quarantined", (f"not_future.{column}",), damage)


def end_before_start(end: str, start: str, where: Where | None = None) -> Fault:
    """The end of a span lies some days before its start."""

    def damage(rows: Rows, places: Ints, site: Site) -> Rows:
        before = rows.days[start][places] - 1 - site.dice.below(f"before.{rows.dataset}", places, 30)
        return rows.changed(days={end: _set(rows.days[end], places, before)})

    return Fault("end_before_start", "quarantined", (f"order.{end}",), damage, where)


def duplicate_row() -> Fault:
    """The identical row comes once more; the first stays."""
    return Fault("duplicate_row", "quarantined", ("duplicate_row",), None, _first_of_its_key, repeats=True)


def key_conflict(column: str, changed: Callable[[Texts], Texts]) -> Fault:
    """One document comes twice on one day with different content: neither can stay."""

    def damage(rows: Rows, places: Ints, _: Site) -> Rows:
        return rows.changed({column: put(rows.texts[column], places, changed(take(rows.texts[column], places)))})

    return Fault("key_conflict", "quarantined", ("key_conflict",), damage, _first_of_its_key, repeats=True, both=True)


def shifted_columns(code: str, name: str) -> Fault:
    """The values slipped under a right header: the name stands under the code and the code under the name."""

    def damage(rows: Rows, places: Ints, _: Site) -> Rows:
        codes, names = take(rows.texts[code], places), take(rows.texts[name], places)
        return rows.changed({code: put(rows.texts[code], places, names), name: put(rows.texts[name], places, codes)})

    rules = ("shifted", f"check_digit.{code}", f"inner_check_digit.{code}")
    return Fault("shifted_columns", "quarantined", rules, damage, _has_code)


def late_report(document: str, where: Where | None = None) -> Fault:
    """The document is handed over four to six weeks after its day; the row stays and is counted."""

    def moved(rows: Rows, places: Ints, site: Site) -> Ints:
        early: Ints = rows.days[PROVIDED][places] - 28 - site.dice.below(f"late.{rows.dataset}", places, 15)
        return early

    def damage(rows: Rows, places: Ints, site: Site) -> Rows:
        return rows.changed(days={document: _set(rows.days[document], places, moved(rows, places, site))})

    def able(rows: Rows) -> Flags:
        known: Flags = working_days_between(rows.days[PROVIDED] - 43, rows.days[PROVIDED]) >= 0
        known = known & (rows.days[document] != MISSING_DAY)
        return known & where(rows) if where else known

    return Fault("late_report", "warning", (f"late.{document}",), damage, able)


def late_step(kind: str, step: str, before: Sequence[str], where: Where) -> Fault:
    """A case lay with the authority for four weeks: the columns ``before`` are earlier, the step is late for them."""

    def damage(rows: Rows, places: Ints, _: Site) -> Rows:
        return rows.changed(
            days={name: _set(rows.days[name], places, rows.days[name][places] - LATE_DAYS) for name in before}
        )

    return Fault(kind, "warning", (f"late.{step}",), damage, where)


def given(column: str) -> Where:
    """Rows whose day in a column is there."""

    def where(rows: Rows) -> Flags:
        known: Flags = rows.days[column] != MISSING_DAY
        return known

    return where


def lower_case_code(column: str) -> Fault:
    """The letters of a code are small: no fault once it is normalised."""

    def damage(rows: Rows, places: Ints, _: Site) -> Rows:
        codes = pc.ascii_lower(take(rows.texts[column], places))
        return rows.changed({column: put(rows.texts[column], places, codes)})

    return Fault("lower_case_code", "normalised", (), damage, _has_code)


def full_width_code(column: str) -> Fault:
    """The characters of a code are full-width ones: no fault once it is normalised."""
    wide = {ord(half): full for half, full in zip(map(chr, range(0x21, 0x7F)), _FULL_WIDTH, strict=True)}

    def damage(rows: Rows, places: Ints, _: Site) -> Rows:
        codes = [code.translate(wide) for code in strings(take(rows.texts[column], places))]
        return rows.changed({column: put(rows.texts[column], places, pa.array(codes, pa.string()))})

    return Fault("full_width_code", "normalised", (), damage, _has_code)


def code_faults(code: str, name: str) -> tuple[Fault, ...]:
    """What goes wrong with the code of any dataset."""
    return wrong_check_digit(code), shifted_columns(code, name), lower_case_code(code), full_width_code(code)


def selected(faults: Sequence[Fault], rows: Rows, eligible: Flags, room: int, site: Site) -> list[Ints]:
    """Return for each fault the places of its rows: one in 500, at least one in the city's first part.

    No row is taken twice, and in all at most ``room`` are taken.
    """
    free = eligible.copy()
    chosen = []
    index = np.arange(len(rows), dtype=np.int64) + (np.int64(site.number) << 32)
    for fault in faults:
        stream = f"fault.{rows.dataset}.{fault.kind}.{'.'.join(fault.rules)}"
        start = site.dice.uniform(stream, np.zeros(1, np.int64))[0]
        wanted = int(len(rows) * SHARE + (start + site.number * _GOLDEN_RATIO) % 1)
        able = np.flatnonzero(free & fault.where(rows) if fault.where else free)
        wanted = min(max(wanted, 1) if site.number == 0 else wanted, len(able), room)
        ranks = site.dice.uniform(f"{stream}.rank", index[able])
        places = np.sort(able[np.argsort(ranks, kind="stable")[:wanted]])
        free[places] = False
        room -= wanted
        chosen.append(places)
    return chosen


LATE_DAYS = 28
"""So many days hold more than ten working days, whatever the holidays."""
SHARE = 0.002
"""Rows of a dataset that take each kind of fault."""
_GOLDEN_RATIO = 0.6180339887498949


def _has_code(rows: Rows) -> Flags:
    has: Flags = rows.identity == CLEAN
    return has


def _first_of_its_key(rows: Rows) -> Flags:
    """Rows named by code, or by name alone: what their key holds is unique."""
    return np.isin(rows.identity, [CLEAN, NAME])


def _set(column: Ints, places: Ints, values: Ints) -> Ints:
    changed = column.copy()
    changed[places] = values
    return changed


def _all(column: str, word: str) -> Damage:
    def damage(rows: Rows, places: Ints, _: Site) -> Rows:
        return rows.changed({column: put(rows.texts[column], places, repeated(word, len(places)))})

    return damage
