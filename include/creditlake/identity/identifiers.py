"""Check digits of the identifiers businesses carry, in Python and as SQL text for one scan.

Sources: GB 32100-2015 (unified social credit code), GB 11714-1997 (organisation code), GB 11643-1999 with
ISO 7064 MOD 11-2 (identity number), GS 15-2006 with ISO 7064 MOD 11,10 (registration number). The SQL twins take a
*normalised* code (half-width, upper case, no blanks) and give null for null: what is missing is not judged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
USCC_CLASSES = (
    "11", "12", "13", "19", "21", "29", "31", "32", "33", "34", "35", "39", "41", "49", "51", "52", "53", "59",
    "61", "62", "69", "71", "72", "79", "81", "89", "91", "92", "93", "99", "A1", "A9", "N1", "N2", "N3", "N9", "Y1",
)  # fmt: skip
"""Registering department and kind of body, the first two characters (GB 32100-2015, table 1)."""
USCC_SHAPE = f"(?:{'|'.join(USCC_CLASSES)})[0-9]{{6}}[{USCC_ALPHABET}]{{10}}"

ORG_CODE_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORG_CODE_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
ORG_CODE_SHAPE = "[0-9A-Z]{8}[0-9X]"
_ORG_CODE_CHECKS = "0X987654321"

REGISTRATION_NO_SHAPE = "[0-9]{15}"

ID_NUMBER_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_NUMBER_SHAPE = "[0-9]{17}[0-9X]"
_ID_NUMBER_CHECKS = "10X98765432"


def normalise_code(text: str) -> str:
    """Return a code as it is compared: half-width, upper case, without blanks and hyphens; letters are not guessed."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def uscc_check_character(stem: str) -> str:
    """Return the 18th character of a unified social credit code from its first 17.

    Raises:
        ValueError: ``stem`` is not 17 characters of the alphabet.
    """
    return USCC_ALPHABET[-_weighted(stem, USCC_ALPHABET, USCC_WEIGHTS) % 31]


def is_uscc(code: str) -> bool:
    """Say whether a code has the shape, a class of the table, and the right check character."""
    return bool(re.fullmatch(USCC_SHAPE, code)) and uscc_check_character(code[:17]) == code[17]


def org_code_check_character(stem: str) -> str:
    """Return the 9th character of an organisation code from its first 8.

    Raises:
        ValueError: ``stem`` is not 8 characters of 0-9 and A-Z.
    """
    return _ORG_CODE_CHECKS[_weighted(stem, ORG_CODE_ALPHABET, ORG_CODE_WEIGHTS) % 11]


def is_org_code(code: str) -> bool:
    """Say whether a code is an organisation code with the right check character, written without hyphen."""
    return bool(re.fullmatch(ORG_CODE_SHAPE, code)) and org_code_check_character(code[:8]) == code[8]


def org_code_in(uscc: str) -> str:
    """Return the organisation code embedded in a unified social credit code: its characters 9 to 17."""
    return uscc[8:17]


def registration_no_check_digit(stem: str) -> str:
    """Return the 15th digit of a registration number from its first 14.

    Raises:
        ValueError: ``stem`` is not 14 digits.
    """
    if not re.fullmatch("[0-9]{14}", stem):
        raise ValueError(f"a registration number's stem has 14 digits: {stem!r}")
    product = 10
    for digit in stem:
        product = 2 * ((product + int(digit) - 1) % 10 + 1) % 11
    return str((11 - product) % 10)


def is_registration_no(code: str) -> bool:
    """Say whether a code is a 15-digit registration number with the right check digit."""
    return bool(re.fullmatch(REGISTRATION_NO_SHAPE, code)) and registration_no_check_digit(code[:14]) == code[14]


def id_number_check_character(stem: str) -> str:
    """Return the 18th character of a citizen's identity number from its first 17.

    Raises:
        ValueError: ``stem`` is not 17 digits.
    """
    return _ID_NUMBER_CHECKS[_weighted(stem, "0123456789", ID_NUMBER_WEIGHTS) % 11]


def is_id_number(code: str) -> bool:
    """Say whether a code has the shape and check character of an identity number; area and birthday are not judged."""
    return bool(re.fullmatch(ID_NUMBER_SHAPE, code)) and id_number_check_character(code[:17]) == code[17]


def uscc_sql(code: str) -> str:
    """Return the SQL of ``is_uscc`` over a column: the weighted sum with the check's own weight 1 is 0 mod 31."""
    places = "+".join(_place_sql(USCC_ALPHABET, code, at, weight) for at, weight in enumerate((*USCC_WEIGHTS, 1), 1))
    surplus = (sum(USCC_WEIGHTS) + 1) % 31
    return _guarded(code, USCC_SHAPE, f"({places}) % 31 = {surplus}")


def org_code_sql(code: str) -> str:
    """Return the SQL of ``is_org_code`` over a column."""
    return _guarded(code, ORG_CODE_SHAPE, _org_code_check_sql(code, first=1))


def embedded_org_code_sql(uscc: str) -> str:
    """Return the SQL that says whether the organisation code inside a USCC has the right check character."""
    return _guarded(uscc, ".{8}" + ORG_CODE_SHAPE + ".", _org_code_check_sql(uscc, first=9))


def registration_no_sql(code: str) -> str:
    """Return the SQL of ``is_registration_no`` over a column."""
    product = "10"
    for at in range(1, 15):
        product = f"(2 * (({product} + {_digit_sql(code, at)} + 9) % 10 + 1) % 11)"
    return _guarded(code, REGISTRATION_NO_SHAPE, f"(11 - {product}) % 10 = {_digit_sql(code, 15)}")


def _weighted(stem: str, alphabet: str, weights: Sequence[int]) -> int:
    if len(stem) != len(weights) or any(character not in alphabet for character in stem):
        raise ValueError(f"expected {len(weights)} characters of {alphabet}: {stem!r}")
    return sum(alphabet.index(character) * weight for character, weight in zip(stem, weights, strict=True))


def _guarded(code: str, shape: str, check: str) -> str:
    """Judge the check only where the shape is right: a null stays null, a wrong shape is false."""
    return f"case when {code} is null then null when regexp_full_match({code}, '{shape}') then {check} else false end"


def _place_sql(alphabet: str, code: str, at: int, weight: int) -> str:
    """One weighted character, counted from 1 (strpos): the caller takes the surplus of the weights off."""
    return f"{weight}*strpos('{alphabet}', {code}[{at}])"


def _org_code_check_sql(code: str, first: int) -> str:
    places = "+".join(
        _place_sql(ORG_CODE_ALPHABET, code, first + offset, weight) for offset, weight in enumerate(ORG_CODE_WEIGHTS)
    )
    return f"'{_ORG_CODE_CHECKS}'[({places} - {sum(ORG_CODE_WEIGHTS)}) % 11 + 1] = {code}[{first + 8}]"


def _digit_sql(code: str, at: int) -> str:
    return f"(ascii({code}[{at}]) - 48)"
