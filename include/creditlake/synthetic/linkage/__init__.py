"""The world of the linkage benchmark: a register, records that name its subjects badly, and whom each one means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from creditlake.synthetic.linkage.records import KINDS, NOBODY, Records, records
from creditlake.synthetic.linkage.register import Register, register
from creditlake.synthetic.linkage.vocabulary import FAMILIAR, HELD_OUT, Vocabulary
from creditlake.synthetic.rng import Dice

__all__ = ["FAMILIAR", "HELD_OUT", "KINDS", "NOBODY", "Records", "Register", "Vocabulary", "homophones", "world"]


def world(seed: int, subjects: int, count: int, words: Vocabulary, alike: dict[str, str]) -> tuple[Register, Records]:
    """Return a register of so many subjects and so many records about them; the same arguments give the same world."""
    dice = Dice(seed)
    known = register(dice, subjects, words)
    return known, records(dice, known, count, words, alike)


def homophones(sounds: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return for each character all characters with its sound, from pairs of character and sound."""
    by_sound: dict[str, list[str]] = defaultdict(list)
    of: dict[str, str] = {}
    for character, sound in sounds:
        by_sound[sound].append(character)
        of[character] = sound
    return {character: "".join(by_sound[sound]) for character, sound in of.items()}
