"""Codes that are valid in every check and belong to nobody.

The subject part of a unified code (its characters 9 to 17, the organisation code of GB 11714) begins with a letter pair
that no series has: bodies issued are eight digits, or begin with M and a second letter (MA, MB, MF, MJ … since
October 2015) or with one letter and digits (household series such as L). Ours begin with YY (subjects), YX (bodies
that are in no register) and YA (authorities), so neither the unified code nor a number made of the organisation code
can be a real one, whatever the authority's digits before it. Registration numbers carry the authority 159999: there is
no prefecture 1599 (GB/T 2260). Identity numbers carry the area 999999 and a birthday in 1800.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from creditlake.identity.identifiers import (
    ORG_CODE_ALPHABET,
    ORG_CODE_WEIGHTS,
    USCC_ALPHABET,
    USCC_WEIGHTS,
    id_number_check_character,
    org_code_check_character,
    uscc_check_character,
)
from creditlake.synthetic.rng import Flags, Ints
from creditlake.synthetic.texts import Texts, from_bytes

Characters = npt.NDArray[np.uint8]

SUBJECT_SERIES, UNKNOWN_SERIES, AUTHORITY_SERIES = "YY", "YX", "YA"
NOWHERE = "159999"
_STEP_31, _STEP_10 = 1_103_515_245, 48_271
"""Coprime to 31 and to 10: multiplying by them permutes the numbers below a power of the base."""


def _ascii(text: str) -> Characters:
    return np.frombuffer(text.encode("ascii"), np.uint8)


def _values(alphabet: str) -> npt.NDArray[np.int64]:
    values = np.zeros(256, np.int64)
    values[_ascii(alphabet)] = np.arange(len(alphabet))
    return values


_USCC_CHARACTERS, _USCC_VALUES = _ascii(USCC_ALPHABET), _values(USCC_ALPHABET)
_ORG_VALUES = _values(ORG_CODE_ALPHABET)
_ORG_CHECKS = _ascii("0X987654321")


def usccs(classes: Ints, areas: npt.NDArray[np.int64], serials: Ints, series: str, odd: Flags) -> Characters:
    """Return unified codes as a matrix of 18 characters.

    Args:
        classes: Registering department and kind of body as a number, 91 to 93.
        areas: The registering authority's six digits.
        serials: What makes the body unique; below 31 to the power of 6.
        odd: Where the organisation code inside gets a wrong check character (GB 11714), the outer one right.
    """
    codes = np.empty((len(serials), 18), np.uint8)
    _write_digits(codes[:, 0:2], classes)
    _write_digits(codes[:, 2:8], areas)
    codes[:, 8:10] = _ascii(series)
    left = (serials * _STEP_31 + 12_345) % 31**6
    for place in range(15, 9, -1):
        codes[:, place] = _USCC_CHARACTERS[left % 31]
        left = left // 31
    sums = _ORG_VALUES[codes[:, 8:16]] @ np.array(ORG_CODE_WEIGHTS)
    right = _ORG_CHECKS[sums % 11]
    wrong = np.where(right == ord("X"), ord("5"), ord("0") + (right - ord("0") + 1) % 10)
    codes[:, 16] = np.where(odd, wrong, right)
    codes[:, 17] = _USCC_CHARACTERS[-(_USCC_VALUES[codes[:, :17]] @ np.array(USCC_WEIGHTS)) % 31]
    return codes


def registration_nos(serials: Ints) -> Texts:
    """Return 15-digit registration numbers of an authority that does not exist (GS 15-2006, ISO 7064 MOD 11,10)."""
    codes = np.empty((len(serials), 15), np.uint8)
    codes[:, :6] = _ascii(NOWHERE)
    _write_digits(codes[:, 6:14], (serials * _STEP_10 + 977) % 10**8)
    product = np.full(len(serials), 10, np.int64)
    for place in range(14):
        product = 2 * ((product + codes[:, place].astype(np.int64) - 48 - 1) % 10 + 1) % 11
    codes[:, 14] = ord("0") + (11 - product) % 10
    return from_bytes(codes)


def authority_code(area: str, number: int) -> str:
    """Return the unified code of an authority (class 11) of this area."""
    body = f"{AUTHORITY_SERIES}{number:06d}"
    stem = f"11{area}{body}{org_code_check_character(body)}"
    return stem + uscc_check_character(stem)


def nobody_id_numbers() -> list[str]:
    """Return a thousand identity numbers with right check characters and an area and a birthday that nobody has."""
    stems = [f"99999918000101{number:03d}" for number in range(1000)]
    return [stem + id_number_check_character(stem) for stem in stems]


def wrong_last_character(codes: list[str]) -> list[str]:
    """Return codes of which the last character alone is wrong: the next one of the alphabet."""
    following = dict(zip(USCC_ALPHABET, USCC_ALPHABET[1:] + USCC_ALPHABET[0], strict=True))
    return [code[:-1] + following[code[-1]] for code in codes]


def _write_digits(target: Characters, values: Ints) -> None:
    left = values.copy()
    for place in range(target.shape[1] - 1, -1, -1):
        target[:, place] = ord("0") + left % 10
        left = left // 10
