"""Records about the subjects of the linkage benchmark: damaged in one of nine ways, clean, or about nobody there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from creditlake.synthetic.identifiers import UNKNOWN_SERIES, usccs
from creditlake.synthetic.linkage.register import Register, persons, rooms, trade_names, zipf
from creditlake.synthetic.linkage.typos import code_typos, name_typos
from creditlake.synthetic.linkage.vocabulary import Vocabulary
from creditlake.synthetic.places import CITY, DISTRICTS
from creditlake.synthetic.rng import Dice, Flags, Ints
from creditlake.synthetic.texts import Texts, either, equal, from_bytes, join, numbers, pick, put, strings, take

KINDS = {
    "clean": 0.473, "code_typo": 0.076, "registration_no": 0.076, "old_number": 0.057, "abbreviated": 0.067,
    "former_name": 0.038, "name_typo": 0.067, "format": 0.048, "moved": 0.029, "swapped_code": 0.002,
    "no_code": 0.019, "unknown": 0.048,
}  # fmt: skip
"""Kinds of record and their shares; nine are corruptions: all but clean, no_code and unknown."""
NO_CODE = ("abbreviated", "former_name", "name_typo", "format", "moved", "no_code")
"""Kinds without any number; of them a fifth lacks the representative and three in ten the address."""
NOBODY = -1
_FULL_WIDTH = str.maketrans("()0123456789", "（）０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class Records:
    """One place a record in every array; an empty text is a value that was not given.

    Attributes:
        subject: Place of the true subject in the register; NOBODY where it is not registered.
    """

    kind: npt.NDArray[np.str_]
    subject: Ints
    uscc: Texts
    org_code: Texts
    registration_no: Texts
    tax_no: Texts
    name: Texts
    person: Texts
    address: Texts


def records(dice: Dice, known: Register, count: int, words: Vocabulary, homophones: dict[str, str]) -> Records:
    """Return records about the register's subjects; the same seed gives the same ones.

    Args:
        homophones: For a character all those that sound alike.
    """
    keys = np.arange(count, dtype=np.int64)
    subject = dice.below("linkage.subject", keys, len(known))
    kind = np.array(list(KINDS))[dice.pick("linkage.kind", keys, list(KINDS.values()))]
    renamed = np.flatnonzero(~equal(known.former, ""))
    subject = np.where(kind == "former_name", renamed[dice.below("linkage.renamed", keys, len(renamed))], subject)
    is_unknown = kind == "unknown"
    name = _names(dice, keys, known, subject, kind, words, homophones)
    uscc, org_code, registration_no, tax_no = _numbers(dice, keys, known, subject, kind)
    person, address = _evidence(dice, keys, known, subject, kind, words)
    return Records(
        kind=kind,
        subject=np.where(is_unknown, NOBODY, subject),
        uscc=uscc,
        org_code=org_code,
        registration_no=registration_no,
        tax_no=tax_no,
        name=name,
        person=person,
        address=address,
    )


def _names(
    dice: Dice,
    keys: Ints,
    known: Register,
    subject: Ints,
    kind: npt.NDArray[np.str_],
    words: Vocabulary,
    homophones: dict[str, str],
) -> Texts:
    name = take(known.name, subject)
    name = _put(name, kind == "former_name", lambda at: take(known.former, subject[at]))
    name = _put(name, kind == "abbreviated", lambda at: _abbreviated(dice, keys[at], known, subject[at]))
    name = _put(name, kind == "name_typo", lambda at: name_typos(dice, keys[at], take(name, at), homophones))
    name = _put(name, kind == "format", lambda at: _formatted(dice, keys[at], known, subject[at]))
    return _put(name, kind == "unknown", lambda at: _strangers(dice, keys[at], words))


def _abbreviated(dice: Dice, keys: Ints, known: Register, subject: Ints) -> Texts:
    """Without front and form; in three of ten cases without the trade but with 公司, or with the front alone kept."""
    core = join(take(known.trade_name, subject), take(known.trade, subject))
    way = dice.pick("linkage.short", keys, (0.7, 0.15, 0.15))
    short = join(take(known.front, subject), take(known.trade_name, subject), "公司")
    return either(way == 0, core, either(way == 1, short, join(core, "公司")))


def _formatted(dice: Dice, keys: Ints, known: Register, subject: Ints) -> Texts:
    """The same name written otherwise: the city in brackets, another front, the other word for 有限公司, blanks."""
    way = dice.below("linkage.format", keys, 4)
    trade_name, trade, form = (take(part, subject) for part in (known.trade_name, known.trade, known.form))
    front = take(known.front, subject)
    other = either(equal(form, "有限公司"), "有限责任公司", either(equal(form, "有限责任公司"), "有限公司", form))
    bracketed = join(trade_name, "（呼和浩特）", trade, form)
    refronted = join("内蒙古自治区", CITY, trade_name, trade, form)
    spaced = join(front, " ", trade_name, trade, "　", form)
    return either(
        way == 0,
        bracketed,
        either(way == 1, refronted, either(way == 2, join(front, trade_name, trade, other), spaced)),
    )


def _strangers(dice: Dice, keys: Ints, words: Vocabulary) -> Texts:
    """Names of bodies that are in no register; some of them by chance the name of one that is."""
    trade = pick(words.trades, zipf(dice, "linkage.strange.trade", keys, len(words.trades)))
    front = pick(["呼和浩特市", "内蒙古", "包头市", "北京"], dice.below("linkage.strange.front", keys, 4))
    return join(front, trade_names(dice, "linkage.strange", keys, words), trade, "有限公司")


def _numbers(
    dice: Dice, keys: Ints, known: Register, subject: Ints, kind: npt.NDArray[np.str_]
) -> tuple[Texts, Texts, Texts, Texts]:
    nothing = pick([""], np.zeros(len(keys), np.int64))
    uscc = either(np.isin(kind, ("clean", "code_typo")), take(known.uscc, subject), "")
    uscc = _put(uscc, kind == "code_typo", lambda at: code_typos(dice, keys[at], take(known.uscc, subject[at])))
    others = (subject + 1 + dice.below("linkage.swap", keys, len(known) - 1)) % len(known)
    uscc = _put(uscc, kind == "swapped_code", lambda at: take(known.uscc, others[at]))
    foreign = (kind == "unknown") & dice.chance("linkage.foreign", keys, 0.5)
    uscc = _put(uscc, foreign, lambda at: _foreign_codes(keys[at]))
    old, by_tax = kind == "old_number", dice.chance("linkage.old", keys, 0.18)
    org_code = either(old & ~by_tax, take(known.org_code, subject), nothing)
    tax_no = either(old & by_tax, take(known.tax_no, subject), nothing)
    registration_no = either(kind == "registration_no", take(known.registration_no, subject), nothing)
    return uscc, org_code, registration_no, tax_no


def _foreign_codes(keys: Ints) -> Texts:
    """Valid codes of bodies that are in no register."""
    areas = np.full(len(keys), 150200)
    codes = usccs(np.full(len(keys), 91), areas, keys, UNKNOWN_SERIES, np.zeros(len(keys), bool))
    return from_bytes(codes)


def _evidence(
    dice: Dice, keys: Ints, known: Register, subject: Ints, kind: npt.NDArray[np.str_], words: Vocabulary
) -> tuple[Texts, Texts]:
    """Return persons and addresses: of records about nobody, invented ones; of moved subjects one of both changed."""
    person, address = take(known.person, subject), _addresses(dice, keys, known, subject)
    moved, by_person = kind == "moved", dice.chance("linkage.moved", keys, 0.5)
    stranger, swapped = kind == "unknown", kind == "swapped_code"
    person = _put(person, (moved & by_person) | stranger, lambda at: persons(dice, "linkage.new", keys[at], words))
    address = _put(address, (moved & ~by_person) | stranger, lambda at: _elsewhere(dice, keys[at], words))
    bare = np.isin(kind, NO_CODE) | stranger
    person = either(bare & dice.chance("linkage.no_person", keys, 0.2) & ~swapped, "", person)
    address = either(bare & dice.chance("linkage.no_address", keys, 0.3) & ~swapped, "", address)
    return person, address


def _addresses(dice: Dice, keys: Ints, known: Register, subject: Ints) -> Texts:
    """Return the subjects' addresses; 35 % written otherwise: shorter in front, without the room, or in full width."""
    full = take(known.address, subject)
    district = pick([one.name for one in DISTRICTS], known.place[subject])
    short = join(district, take(known.road, subject), take(known.number, subject))
    way = dice.pick("linkage.address", keys, (0.65, 0.15, 0.10, 0.10))
    wide = _put(
        short, way == 3, lambda at: pa.array([text.translate(_FULL_WIDTH) for text in strings(take(short, at))])
    )
    return either(way == 0, full, either(way == 1, short, either(way == 2, join(CITY, short), wide)))


def _elsewhere(dice: Dice, keys: Ints, words: Vocabulary) -> Texts:
    district = pick([one.name for one in DISTRICTS], dice.below("linkage.else.district", keys, len(DISTRICTS)))
    road = pick(words.roads, zipf(dice, "linkage.else.road", keys, len(words.roads)))
    number = numbers(1 + dice.below("linkage.else.number", keys, 300))
    return join("内蒙古自治区", CITY, district, road, number, "号", rooms(dice, "linkage.else", keys))


def _put(texts: Texts, where: Flags, values: object) -> Texts:
    """Return the texts with others where asked; ``values`` makes them for the places."""
    places = np.flatnonzero(where)
    return put(texts, places, values(places)) if len(places) else texts  # type: ignore[operator]
