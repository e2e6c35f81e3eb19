"""When something happens to whom, and how the row names the subject: what the feeds' event datasets share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from creditlake.synthetic.identifiers import UNKNOWN_SERIES, usccs
from creditlake.synthetic.places import CITY_OFFICE, DISTRICTS, area_numbers
from creditlake.synthetic.population import STOCK, Population
from creditlake.synthetic.rng import Dice, Flags, Floats, Ints
from creditlake.synthetic.rows import (
    CLEAN,
    FORMER_NAME,
    NAME,
    NOBODY,
    REGISTRATION_NO,
    UNKNOWN,
    of_subjects,
)
from creditlake.synthetic.texts import Texts, either, equal, from_bytes, put, take
from creditlake.synthetic.window import Window

SLOTS = 1 << 12
"""Events of one subject and stream that are told apart."""
QUIET_MONTHS = 2
"""Months between the last clean event and the closing, and from the closing to the first event that is too late."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the city in the making.

    Attributes:
        number: Which part; the first one holds at least one fault of each kind where rows suffice.
        has_faults: Whether anything goes wrong in this city at all.
    """

    dice: Dice
    window: Window
    city: Population
    number: int
    has_faults: bool


@dataclass(frozen=True, slots=True)
class Events:
    """Events in no order: the subject, the file's month, a key to draw by, and whether it lies after the end."""

    subject: Ints
    month: Ints
    key: Ints
    is_after_end: Flags

    def __len__(self) -> int:
        return len(self.key)


def active_months(part: Part) -> tuple[Ints, Ints]:
    """Return the first and last month in which a subject has records; the last lies before the first where none has."""
    city = part.city
    first = np.where(city.opened == STOCK, 0, city.opened + 1)
    last = np.minimum(city.closed - QUIET_MONTHS, len(part.window) - 1)
    last = np.where((city.closed == STOCK) | city.is_quiet, -1, last)
    return first, last


def happenings(part: Part, stream: str, monthly: Floats, most: int = 32) -> Events:
    """Return events that come at a monthly rate while a subject is active; some come after its deregistration."""
    first, last = active_months(part)
    alive = _spread(part, stream, monthly, (first, last), most)
    if not part.has_faults:
        return alive
    city, end = part.city, len(part.window) - 1
    ended = (city.closed >= 0) & ~city.is_quiet & ~city.is_odd
    begin = np.where(ended, np.minimum(city.closed + QUIET_MONTHS, end + 1), end + 1)
    after = _spread(part, f"{stream}.after", 0.5 * monthly, (begin, np.full(len(city), end)), most)
    late = Events(after.subject, after.month, after.key + SLOTS // 2, np.ones(len(after), bool))
    return Events(
        *(
            np.concatenate(pair)
            for pair in zip(
                (alive.subject, alive.month, alive.key, alive.is_after_end),
                (late.subject, late.month, late.key, late.is_after_end),
                strict=True,
            )
        )
    )


def _spread(part: Part, stream: str, monthly: Floats, span: tuple[Ints, Ints], most: int) -> Events:
    first, last = span
    months = np.maximum(last - first + 1, 0)
    counts = np.minimum(part.dice.poisson(f"{stream}.count", part.city.keys, monthly * months), most)
    counts = np.where(months > 0, counts, 0)
    subject = np.repeat(np.arange(len(part.city)), counts)
    ordinal = np.arange(len(subject)) - np.repeat(np.cumsum(counts) - counts, counts)
    key = part.city.keys[subject] * SLOTS + ordinal
    month = first[subject] + part.dice.below(f"{stream}.month", key, months[subject])
    return Events(subject, month, key, np.zeros(len(key), bool))


def identities(part: Part, stream: str, events: Events, shares: Mapping[int, float]) -> tuple[Ints, Ints]:
    """Return how each row names its subject, by the shares of the unclean ways, and whom it is about.

    A subject with an odd code is named by it alone; a name stands for its subject only where no twin came before.
    """
    weights = [1 - sum(shares.values()), *shares.values()]
    drawn = part.dice.pick(f"{stream}.identity", events.key, weights)
    identity = np.array([CLEAN, *shares])[drawn]
    city, subject = part.city, events.subject
    unnumbered = equal(city.registration_no, "")[subject]
    never_renamed = equal(city.former_name, "")[subject]
    impossible = (
        city.is_odd[subject]
        | events.is_after_end
        | ((identity == REGISTRATION_NO) & unnumbered)
        | ((identity == FORMER_NAME) & never_renamed)
        | ((identity == NAME) & city.is_twin[subject])
    )
    identity = np.where(impossible | ((identity == UNKNOWN) & (not part.has_faults)), CLEAN, identity)
    return identity, np.where(identity >= UNKNOWN, NOBODY, subject)


def codes_and_names(part: Part, identity: Ints, events: Events) -> tuple[Texts, Texts]:
    """Return the unified codes and the names that the rows carry, by the way each names its subject."""
    city = part.city
    code = take(city.uscc, events.subject)
    given = np.isin(identity, [CLEAN, UNKNOWN])
    code = either(given, code, "")
    name = either(
        identity == FORMER_NAME, of_subjects(city.former_name, events.subject), take(city.name, events.subject)
    )
    short = pc.replace_substring(name, "有限责任公司", "有限公司")
    name = either(identity == NAME, short, name)
    strangers = np.flatnonzero(identity == UNKNOWN)
    code = put(code, strangers, _unknown_codes(part, events.key[strangers]))
    return code, put(name, strangers, pc.replace_substring(take(name, strangers), "呼和浩特", "外埠"))


def _unknown_codes(part: Part, keys: Ints) -> Texts:
    """Return valid codes of bodies that are in no register, one an event."""
    areas = area_numbers(part.dice.below("stranger.area", keys, len(DISTRICTS)))
    serials = (part.dice.bits("stranger", keys) % np.uint64(31**6)).astype(np.int64)
    return from_bytes(usccs(np.full(len(keys), 91), areas, serials, UNKNOWN_SERIES, np.zeros(len(keys), bool)))


def offices(part: Part, stream: str, events: Events, city_share: float = 0.12) -> Ints:
    """Return which office acts: the subject's district's, or the city's."""
    by_city = part.dice.chance(f"{stream}.office", events.key, city_share)
    return np.where(by_city, CITY_OFFICE, part.city.district[events.subject])
