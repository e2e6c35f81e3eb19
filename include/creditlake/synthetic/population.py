"""The subjects of one part of the city: who they are, how long they live, and how well they behave.

Compliance is one hidden number a subject (standard normal, higher is better); penalties, ratings, arrears, lists and
shrinking staff all lean on it, and so does the outcome: whether the subject kept its obligations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from creditlake.synthetic import names
from creditlake.synthetic.identifiers import SUBJECT_SERIES, Characters, registration_nos, usccs
from creditlake.synthetic.places import CITY_OFFICE, DISTRICTS, area_numbers
from creditlake.synthetic.rng import Dice, Flags, Floats, Ints
from creditlake.synthetic.texts import Texts, either, flags, from_bytes, pick
from creditlake.synthetic.window import Window

ENTERPRISE, HOUSEHOLD, COOPERATIVE = 0, 1, 2
KINDS = (0.60, 0.35, 0.05)
STOCK = -1
"""The month of what was there, or had ended, before the first delivery."""
NEVER = 1 << 20
"""The month of what does not happen within the window."""
ODD_EVERY, ODD_PLACE = 250, 17


@dataclass(frozen=True, slots=True)
class Population:
    """The subjects of one part of the city, one place each in every array.

    Attributes:
        keys: The subject's number in the city: what chance is drawn by.
        tax_no: The old 15-digit number: six digits of the authority and the organisation code.
        former_name: Empty where the name never changed.
        is_odd: The organisation code inside the code has a wrong check character: every row with the code warns.
        is_twin: Has the name of the subject before it.
        is_quiet: In no file but the register, so that a fault of its register row touches no other record.
        compliance, strength: Hidden behaviour and hidden means, standard normal.
        has_failed: The outcome: drawn once from the hidden behaviour.
        opened, closed: Month of the window in which the register reports it; STOCK before the window, NEVER not in it.
    """

    keys: Ints
    kind: Ints
    uscc: Texts
    org_code: Texts
    tax_no: Texts
    registration_no: Texts
    name: Texts
    former_name: Texts
    trade: Ints
    form: Ints
    district: Ints
    office: Ints
    is_odd: Flags
    is_twin: Flags
    is_quiet: Flags
    compliance: Floats
    strength: Floats
    has_failed: Flags
    age_days: Ints
    opened: Ints
    closed: Ints

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def is_enterprise(self) -> Flags:
        """Where the subject is an enterprise."""
        flags: Flags = self.kind == ENTERPRISE
        return flags


def population(dice: Dice, numbers: range, window: Window, *, has_faults: bool) -> Population:
    """Return the subjects with these numbers; without faults no code is odd."""
    keys = np.array(numbers, np.int64)
    is_twin = (keys % 2 == 1) & dice.chance("twin", keys, 0.01)
    named = np.where(is_twin, keys - 1, keys)
    kind = dice.pick("kind", named, KINDS)
    trade = np.choose(kind, [names.trade_numbers(trades, dice, named) for trades in names.TRADES])
    form = dice.pick("form", named, [share for *_, share in names.FORMS])
    shares = [district.share for district in DISTRICTS]
    district = dice.pick("district", keys, shares)
    is_odd = (keys % ODD_EVERY == ODD_PLACE) & has_faults
    codes, office = _codes(dice, keys, kind, district, is_odd)
    compliance, own = dice.normal("compliance", keys), dice.normal("strength", keys)
    failing = 1.0 / (1.0 + np.exp(3.4 + 3.0 * compliance))
    opened, closed = _lives(dice, keys, compliance, len(window))
    name = _names(dice, named, kind, trade, form, dice.pick("district", named, shares))
    return Population(
        keys=keys,
        kind=kind,
        uscc=from_bytes(codes),
        org_code=from_bytes(codes[:, 8:17]),
        tax_no=from_bytes(codes[:, 2:17]),
        registration_no=either(dice.chance("numbered", keys, 0.62), registration_nos(keys), ""),
        name=name,
        former_name=_former_names(dice, keys, name),
        trade=trade,
        form=form,
        district=district,
        office=office,
        is_odd=is_odd,
        is_twin=is_twin,
        is_quiet=dice.chance("quiet", keys, 0.04) & ~is_odd,
        compliance=compliance,
        strength=0.5 * compliance + 0.87 * own,
        has_failed=dice.chance("failed", keys, failing),
        age_days=_ages(dice, keys, compliance),
        opened=opened,
        closed=closed,
    )


def _ages(dice: Dice, keys: Ints, compliance: Floats) -> Ints:
    """Return days since the founding at the window's begin: the reliable live longer, thirty years at most."""
    years = -np.log1p(-dice.uniform("age", keys)) * 7.5 * np.exp(0.25 * compliance)
    return (np.minimum(years, 30) * 365).astype(np.int64)


def _codes(dice: Dice, keys: Ints, kind: Ints, district: Ints, is_odd: Flags) -> tuple[Characters, Ints]:
    """Return the codes' characters and the registering office: 20 % are registered with the city, 1 % above."""
    level = dice.pick("registrar", keys, [0.79, 0.20, 0.01])
    areas = area_numbers(np.where(level == 0, district, CITY_OFFICE + level - 1))
    serials = keys + int(dice.bits("serials", np.zeros(1, np.int64))[0] % np.uint64(31**6))
    codes = usccs(91 + kind, areas, serials, SUBJECT_SERIES, is_odd)
    return codes, np.where(level == 0, district, CITY_OFFICE)


def _names(dice: Dice, keys: Ints, kind: Ints, trade: Ints, form: Ints, district: Ints) -> Texts:
    words = [pick([one.word for one in trades], np.minimum(trade, len(trades) - 1)) for trades in names.TRADES]
    districts = pick([one.name for one in DISTRICTS], district)
    forms = pick([ending for ending, *_ in names.FORMS], form)
    company = names.enterprise_names(dice, keys, words[ENTERPRISE], forms, districts)
    household = names.local_names(dice, keys, words[HOUSEHOLD], districts, "")
    cooperative = names.local_names(dice, keys, words[COOPERATIVE], districts, names.COOPERATIVE_FORM)
    return either(kind == ENTERPRISE, company, either(kind == HOUSEHOLD, household, cooperative))


def _former_names(dice: Dice, keys: Ints, name: Texts) -> Texts:
    """Return the name before: the city and the region written another way, so that nobody has it now."""
    before = pc.replace_substring(pc.replace_substring(name, "呼和浩特市", "呼市"), "内蒙古", "内蒙")
    changed = flags(pc.not_equal(before, name))
    return either(dice.chance("renamed", keys, 0.03) & changed, before, "")


def _lives(dice: Dice, keys: Ints, compliance: Floats, months: int) -> tuple[Ints, Ints]:
    """Return the months of the first register row and of the closing: 10 % are closed from the start."""
    opened = np.where(dice.chance("young", keys, 1 - 0.992 ** (months - 1)), 1, STOCK)
    opened = np.where(opened == 1, 1 + dice.below("opened", keys, max(months - 1, 1)), STOCK)
    hazard = 0.006 * np.exp(-0.5 * compliance)
    wait = np.floor(np.log1p(-dice.uniform("closing", keys)) / np.log1p(-hazard)).astype(np.int64)
    closed = np.maximum(opened, 0) + 3 + wait
    gone = (opened == STOCK) & dice.chance("gone", keys, 0.10)
    closed = np.where(gone, STOCK, np.where(closed < months, closed, NEVER))
    return opened, closed
