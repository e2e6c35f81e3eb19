"""The register of the linkage benchmark: businesses whose names, persons and addresses collide as real ones do.

Trade names are drawn by Zipf's law (exponent 0.55): of 200,000 subjects half share theirs with another one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from creditlake.synthetic.identifiers import SUBJECT_SERIES, registration_nos, usccs
from creditlake.synthetic.linkage.vocabulary import FORM_SHARES, FORMS, FRONT_SHARES, FRONTS, SURNAMES, Vocabulary
from creditlake.synthetic.places import CITY, DISTRICTS, area_numbers
from creditlake.synthetic.rng import Dice, Flags, Ints
from creditlake.synthetic.texts import Texts, either, from_bytes, join, numbers, pick

_EXPONENT = 0.55


@dataclass(frozen=True, slots=True)
class Register:
    """One place a subject in every array.

    Attributes:
        former: The name before; empty where it never changed.
        place: District of the address, as a place in DISTRICTS.
    """

    uscc: Texts
    org_code: Texts
    tax_no: Texts
    registration_no: Texts
    front: Texts
    trade_name: Texts
    trade: Texts
    form: Texts
    name: Texts
    former: Texts
    person: Texts
    place: Ints
    road: Texts
    number: Texts
    address: Texts

    def __len__(self) -> int:
        return len(self.place)


def register(dice: Dice, subjects: int, words: Vocabulary) -> Register:
    """Return the subjects; the same seed gives the same ones."""
    keys = np.arange(subjects, dtype=np.int64)
    place = dice.pick("linkage.district", keys, [district.share for district in DISTRICTS])
    codes = usccs(
        91 + dice.pick("linkage.class", keys, (0.83, 0.12, 0.05)),
        area_numbers(place),
        keys,
        SUBJECT_SERIES,
        np.zeros(subjects, bool),
    )
    districts = pick([district.name for district in DISTRICTS], place)
    style = dice.pick("linkage.front", keys, FRONT_SHARES)
    front = either(style == 3, join(CITY, districts), pick(FRONTS, style))
    trade_name = trade_names(dice, "linkage.name", keys, words)
    trade = pick(words.trades, zipf(dice, "linkage.trade", keys, len(words.trades)))
    form = pick(FORMS, dice.pick("linkage.form", keys, FORM_SHARES))
    road = pick(words.roads, zipf(dice, "linkage.road", keys, len(words.roads)))
    number = join(numbers(1 + dice.below("linkage.number", keys, 300)), "号")
    room = either(dice.chance("linkage.room", keys, 0.6), rooms(dice, "linkage.room", keys), "")
    return Register(
        uscc=from_bytes(codes),
        org_code=from_bytes(codes[:, 8:17]),
        tax_no=from_bytes(codes[:, 2:17]),
        registration_no=registration_nos(keys),
        front=front,
        trade_name=trade_name,
        trade=trade,
        form=form,
        name=join(front, trade_name, trade, form),
        former=_former(dice, keys, words, front, trade_name, trade, form),
        person=persons(dice, "linkage.person", keys, words),
        place=place,
        road=road,
        number=number,
        address=join("内蒙古自治区", CITY, districts, road, number, room),
    )


def trade_names(dice: Dice, stream: str, keys: Ints, words: Vocabulary) -> Texts:
    """Return trade names of two, three or four characters (0.62, 0.27, 0.11), drawn by Zipf's law."""
    size = dice.pick(f"{stream}.size", keys, (0.62, 0.27, 0.11))
    letters = [
        pick(list(words.characters), zipf(dice, f"{stream}.{place}", keys, len(words.characters))) for place in range(4)
    ]
    return join(*letters[:2], either(size >= 1, letters[2], ""), either(size == 2, letters[3], ""))


def persons(dice: Dice, stream: str, keys: Ints, words: Vocabulary) -> Texts:
    """Return persons of a surname and one or two characters: made of lists, nobody's."""
    surname = pick(list(SURNAMES), zipf(dice, f"{stream}.surname", keys, len(SURNAMES)))
    given = [pick(list(words.given), dice.below(f"{stream}.{place}", keys, len(words.given))) for place in range(2)]
    return join(surname, given[0], either(dice.chance(f"{stream}.two", keys, 0.8), given[1], ""))


def rooms(dice: Dice, stream: str, keys: Ints) -> Texts:
    """Return the end of an address: building and room."""
    building, room = dice.below(f"{stream}.building", keys, 20), dice.below(f"{stream}.number", keys, 900)
    return join(numbers(1 + building), "号楼", numbers(101 + room), "室")


def zipf(dice: Dice, stream: str, keys: Ints, size: int) -> Ints:
    """Return places below ``size``, the first ones more often."""
    return dice.pick(stream, keys, (1.0 / np.arange(1, size + 1) ** _EXPONENT).tolist())


def _former(
    dice: Dice, keys: Ints, words: Vocabulary, front: Texts, trade_name: Texts, trade: Texts, form: Texts
) -> Texts:
    """Return the former names: another trade name, another trade or another front; a subject in seven has one."""
    what = dice.pick("linkage.former.what", keys, (0.45, 0.35, 0.20))
    other_name = trade_names(dice, "linkage.former.name", keys, words)
    other_trade = pick(words.trades, zipf(dice, "linkage.former.trade", keys, len(words.trades)))
    other_front = pick(FRONTS[:3], dice.below("linkage.former.front", keys, 3))
    before = join(
        either(what == 2, other_front, front),
        either(what == 0, other_name, trade_name),
        either(what == 1, other_trade, trade),
        form,
    )
    now = join(front, trade_name, trade, form)
    renamed: Flags = dice.chance("linkage.former", keys, 0.15)
    renamed = renamed & pc.not_equal(before, now).to_numpy(zero_copy_only=False)
    return either(renamed, before, "")
