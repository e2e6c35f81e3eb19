"""Check digits, with the vectors of GB 32100, GB 11714, GB 11643 and GS 15 collected in the domain notes."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest
from creditlake.identity import identifiers as ids

VALID_USCC = [
    "91440300708461136T",
    "914403001922038216",
    "91330100799655058B",
    "91110000802100433B",
    "91110108551385082Q",
    "9111000010169286X1",
    "911100001000044477",
    "91110000600037341L",
    "91350100M000100Y43",
    "91150100701465425Y",
    "9115010070146625X8",
    "91150000720133450X",
    "91150100720125864X",
    "91150000114115818T",
    "9115010011427822XN",
    "91150102814171335A",
    "11230500001755309F",
    "911501026834244420",
    "911501005888162290",
    "91320100748204660Q",
    "91320281142232229Q",
    "91310000132215150M",
    "91320000134762764K",
    "91360000625912173B",
    "91440300618819640R",
    "91130105107743680U",
    "91510185MA64ND8627",
    "91510104MA6CFT042R",
    "91430122707233692A",
    "91370400728618604X",
    "11320100MB1886843H",
]
CHECKSUM_ONLY_USCC = ("N2150121MF12345676",)
INVALID_USCC = (
    "91440300708461136U",  # the last character changed
    "91110000100001341W",  # wrong check
    "000000000000000000",  # the checksum holds, the class 00 does not exist
    "00000000000000000X",  # the placeholder some agencies write
    "91320281137692538X", "91310000132212144D", "914300007024418691", "91110000100001825N", "913101150607311257",
    "91440300708461136t",  # lower case passes only after normalisation
    "9144030070846113ET", "91440300708461136", "91440300708461136TT", "", "9144O300708461136T",
)  # fmt: skip
VALID_ORG = ("10169286X", "708461136", "701465425", "70146625X")
VALID_REGISTRATION = ("330203000030639", "110000000343473", "330200600002522", "330200400065251", "330200400070010")


def in_sql(expression: Callable[[str], str], code: str | None) -> bool | None:
    row = duckdb.execute(f"select {expression('c')} from (select cast(? as varchar) as c)", [code]).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("code", [*VALID_USCC, *CHECKSUM_ONLY_USCC])
def test_a_valid_social_credit_code_passes_in_python_and_in_sql(code: str) -> None:
    assert ids.is_uscc(code)
    assert in_sql(ids.uscc_sql, code) is True


@pytest.mark.parametrize("code", INVALID_USCC)
def test_an_invalid_social_credit_code_fails_in_python_and_in_sql(code: str) -> None:
    assert not ids.is_uscc(code)
    assert in_sql(ids.uscc_sql, code) is False


@pytest.mark.parametrize("code", VALID_USCC)
def test_the_organisation_code_inside_every_real_code_is_valid(code: str) -> None:
    assert ids.is_org_code(ids.org_code_in(code))
    assert in_sql(ids.embedded_org_code_sql, code) is True


def test_a_code_that_only_the_inner_check_catches() -> None:
    code = "914201007171752128"

    assert ids.is_uscc(code)
    assert not ids.is_org_code(ids.org_code_in(code))
    assert in_sql(ids.embedded_org_code_sql, code) is False


def test_every_single_wrong_character_is_found() -> None:
    code = "91150100701465425Y"
    wrong = [
        code[:at] + other + code[at + 1 :]
        for at in range(2, 18)
        for other in ids.USCC_ALPHABET
        if other != code[at]
    ]  # fmt: skip

    assert not [one for one in wrong if ids.is_uscc(one)]
    assert not [one for one in wrong[::7] if in_sql(ids.uscc_sql, one)]


def test_a_lower_case_full_width_spaced_code_passes_after_normalisation() -> None:
    assert ids.normalise_code(" ９１150100-701465425ｙ ") == "91150100701465425Y"


def test_the_letter_o_is_not_read_as_zero() -> None:
    assert ids.normalise_code("9115O10070146625X8") == "9115O10070146625X8"


@pytest.mark.parametrize("code", VALID_ORG)
def test_a_valid_organisation_code_passes(code: str) -> None:
    assert ids.is_org_code(code)
    assert in_sql(ids.org_code_sql, code) is True


@pytest.mark.parametrize("code", ["101692861", "10169286", "7084611360", "70846113Y", "7084611-6"])
def test_an_invalid_organisation_code_fails(code: str) -> None:
    assert not ids.is_org_code(code)
    assert in_sql(ids.org_code_sql, code) is False


@pytest.mark.parametrize("code", VALID_REGISTRATION)
def test_a_real_registration_number_passes_and_its_neighbour_fails(code: str) -> None:
    neighbour = code[:14] + str((int(code[14]) + 1) % 10)

    assert ids.is_registration_no(code)
    assert in_sql(ids.registration_no_sql, code) is True
    assert not ids.is_registration_no(neighbour)
    assert in_sql(ids.registration_no_sql, neighbour) is False


@pytest.mark.parametrize("code", ["33020300003063", "33020300003063X", "3302030000306390"])
def test_a_registration_number_of_another_shape_fails(code: str) -> None:
    assert not ids.is_registration_no(code)
    assert in_sql(ids.registration_no_sql, code) is False


def test_the_identity_number_of_the_standard_passes_and_another_check_fails() -> None:
    assert ids.is_id_number("11010519491231002X")
    assert not ids.is_id_number("110105194912310021")
    assert not ids.is_id_number("11010519491231002")


@pytest.mark.parametrize(
    "expression", [ids.uscc_sql, ids.org_code_sql, ids.embedded_org_code_sql, ids.registration_no_sql]
)
def test_a_missing_code_is_not_judged(expression: Callable[[str], str]) -> None:
    assert in_sql(expression, None) is None


def test_a_stem_of_the_wrong_length_or_alphabet_is_an_error() -> None:
    with pytest.raises(ValueError, match="17 characters"):
        ids.uscc_check_character("9115010070146542")
    with pytest.raises(ValueError, match="17 characters"):
        ids.uscc_check_character("9115010070146542I")
    with pytest.raises(ValueError, match="14 digits"):
        ids.registration_no_check_digit("3302030000306")
