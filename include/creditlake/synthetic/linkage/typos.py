"""Errors of writing, one a text: a homophone, a character lost, two changed about, another one in its place."""

from __future__ import annotations

import pyarrow as pa

from creditlake.identity.identifiers import USCC_ALPHABET
from creditlake.synthetic.names import ALPHABET
from creditlake.synthetic.rng import Dice, Ints
from creditlake.synthetic.texts import Texts, strings

_WAYS = (0.45, 0.20, 0.15, 0.20)
HOMOPHONE, LOST, TURNED, OTHER = range(4)
_PROTECTED = ("呼和浩特市", "呼和浩特", "内蒙古", "有限责任公司", "有限公司", "股份有限公司")
"""What an input form fills in by itself has no typos: they are made in what stands between."""


def name_typos(dice: Dice, keys: Ints, names: Texts, homophones: dict[str, str]) -> Texts:
    """Return names with one error each, outside what input forms fill in."""
    ways = dice.pick("linkage.typo.way", keys, _WAYS)
    where, which = dice.uniform("linkage.typo.where", keys), dice.uniform("linkage.typo.which", keys)
    made = [
        _name_typo(name, way, place, choice, homophones)
        for name, way, place, choice in zip(strings(names), ways.tolist(), where.tolist(), which.tolist(), strict=True)
    ]
    return pa.array(made, pa.string())


def code_typos(dice: Dice, keys: Ints, codes: Texts) -> Texts:
    """Return codes with one character replaced (seven of ten) or two neighbours changed about."""
    places = dice.below("linkage.code.place", keys, 17)
    steps = 1 + dice.below("linkage.code.step", keys, len(USCC_ALPHABET) - 1)
    turned = dice.chance("linkage.code.turned", keys, 0.3)
    made = [
        _code_typo(code, place, step, is_turned)
        for code, place, step, is_turned in zip(
            strings(codes), places.tolist(), steps.tolist(), turned.tolist(), strict=True
        )
    ]
    return pa.array(made, pa.string())


def _name_typo(name: str, way: int, where: float, which: float, homophones: dict[str, str]) -> str:
    first = next((len(word) for word in _PROTECTED if name.startswith(word)), 0)
    last = len(name) - next((len(word) for word in _PROTECTED if name.endswith(word)), 0)
    place = first + int(where * (last - first))
    character = name[place]
    if way == HOMOPHONE and (alike := homophones.get(character, "").replace(character, "")):
        return name[:place] + alike[int(which * len(alike))] + name[place + 1 :]
    if way == LOST and last - first > 2:
        return name[:place] + name[place + 1 :]
    if way == TURNED and place + 1 < last and name[place] != name[place + 1]:
        return name[:place] + name[place + 1] + character + name[place + 2 :]
    others = [one for one in ALPHABET if one != character]
    return name[:place] + others[int(which * len(others))] + name[place + 1 :]


def _code_typo(code: str, place: int, step: int, is_turned: bool) -> str:
    if is_turned and code[place] != code[place + 1]:
        return code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    other = USCC_ALPHABET[(USCC_ALPHABET.index(code[place]) + step) % len(USCC_ALPHABET)]
    return code[:place] + other + code[place + 1 :]


__all__ = ["code_typos", "name_typos"]
