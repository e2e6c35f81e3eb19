"""The world of the benchmark: what each kind of record is, told from the register's own parts, and always the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jellyfish
import pytest
from creditlake.identity.identifiers import is_uscc
from creditlake.linkage import homophones_of_seed
from creditlake.synthetic.linkage import FAMILIAR, HELD_OUT, KINDS, NOBODY, Records, Register, homophones, world
from creditlake.synthetic.linkage.typos import _code_typo, _name_typo

SUBJECTS, RECORDS = 2000, 20_000
NUMBERS = ("uscc", "org_code", "registration_no", "tax_no")
World = tuple[Register, Records]


@pytest.fixture(scope="module")
def made() -> World:
    return world(3, SUBJECTS, RECORDS, FAMILIAR, homophones_of_seed())


def rows(made: World, kind: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each record of a kind, and the subject it means (empty: nobody)."""
    known, said = made
    names, parts = (*NUMBERS, "name", "person", "address"), ("front", "trade_name", "trade", "form", "former")
    for place in [at for at, one in enumerate(said.kind.tolist()) if one == kind]:
        subject = int(said.subject[place])
        owner = {name: getattr(known, name)[subject].as_py() for name in (*names, *parts)} if subject != NOBODY else {}
        yield {name: getattr(said, name)[place].as_py() for name in names}, owner


def given(record: dict[str, Any]) -> set[str]:
    return {name for name in NUMBERS if record[name]}


@pytest.mark.parametrize("words", [FAMILIAR, HELD_OUT], ids=["familiar", "held_out"])
def test_the_same_arguments_give_the_same_world_and_another_seed_another_one(words: Any) -> None:
    alike = homophones_of_seed()
    one, again, other = (world(seed, 200, 500, words, alike) for seed in (7, 7, 8))

    sides = [(one[0], again[0], other[0]), (one[1], again[1], other[1])]
    for first, second, third in sides:
        assert first.name.equals(second.name)
        assert first.address.equals(second.address)
        assert first.uscc.equals(second.uscc)
        assert not first.name.equals(third.name)
    assert one[1].subject.tolist() == again[1].subject.tolist()


def test_the_two_vocabularies_share_neither_trade_nor_street() -> None:
    assert not set(FAMILIAR.trades) & set(HELD_OUT.trades)
    assert not set(FAMILIAR.roads) & set(HELD_OUT.roads)


def test_every_kind_comes_about_as_often_as_it_says(made: World) -> None:
    seen = made[1].kind.tolist()

    assert {kind: seen.count(kind) / RECORDS for kind in KINDS} == pytest.approx(KINDS, abs=0.006)


def test_a_clean_record_is_the_register_s_own(made: World) -> None:
    for record, subject in rows(made, "clean"):
        assert (record["uscc"], record["name"], record["person"]) == tuple(
            subject[n] for n in ("uscc", "name", "person")
        )


def test_a_damaged_code_has_one_error_and_is_no_other_subject_s(made: World) -> None:
    codes = set(made[0].uscc.to_pylist())
    for record, subject in rows(made, "code_typo"):
        assert jellyfish.damerau_levenshtein_distance(record["uscc"], subject["uscc"]) == 1
        assert record["uscc"] not in codes
        assert record["name"] == subject["name"]


def test_old_numbers_are_those_of_the_subject_and_come_alone(made: World) -> None:
    for record, subject in rows(made, "registration_no"):
        assert (given(record), record["registration_no"]) == ({"registration_no"}, subject["registration_no"])
    kinds = set()
    for record, subject in rows(made, "old_number"):
        (number,) = given(record)
        assert record[number] == subject[number]
        kinds.add(number)
    assert kinds == {"org_code", "tax_no"}


def test_a_swapped_code_is_that_of_somebody_else_under_the_subject_s_own_name(made: World) -> None:
    codes = set(made[0].uscc.to_pylist())
    for record, subject in rows(made, "swapped_code"):
        assert record["uscc"] in codes - {subject["uscc"]}
        assert (record["name"], record["person"]) == (subject["name"], subject["person"])


def test_abbreviated_names_lack_front_and_form_or_the_trade(made: World) -> None:
    seen = set()
    for record, subject in rows(made, "abbreviated"):
        core = subject["trade_name"] + subject["trade"]
        ways = {core: 0, subject["front"] + subject["trade_name"] + "公司": 1, core + "公司": 2}
        seen.add(ways[record["name"]])
    assert seen == {0, 1, 2}


def test_a_former_name_was_the_subject_s_and_is_not_any_more(made: World) -> None:
    for record, subject in rows(made, "former_name"):
        assert record["name"] == subject["former"] != subject["name"]


def test_a_misspelt_name_has_one_error(made: World) -> None:
    for record, subject in rows(made, "name_typo"):
        assert jellyfish.damerau_levenshtein_distance(record["name"], subject["name"]) == 1


def test_another_format_says_the_same_words(made: World) -> None:
    """The city in brackets, another front, the other word for 有限公司, or blanks."""

    def bare(text: str) -> str:
        for word in ("（呼和浩特）", "内蒙古自治区", "呼和浩特市", "呼和浩特", "内蒙古", " ", "　"):
            text = text.replace(word, "")
        return text.replace("有限责任公司", "有限公司")

    changed = [(record["name"], subject) for record, subject in rows(made, "format")]

    for name, subject in changed:
        assert bare(name).endswith(bare(subject["trade_name"] + subject["trade"] + subject["form"]))
    assert sum(name != subject["name"] for name, subject in changed) > len(changed) / 2


def test_of_a_moved_subject_the_person_or_the_address_changed_and_not_both(made: World) -> None:
    changed = set()
    for record, subject in rows(made, "moved"):
        person = bool(record["person"]) and record["person"] != subject["person"]
        street = subject["address"].split("号")[0].removeprefix("内蒙古自治区呼和浩特市")
        folded = record["address"].translate(str.maketrans("０１２３４５６７８９", "0123456789"))
        address = bool(folded) and street not in folded
        assert not (person and address)
        changed |= {"person"} if person else {"address"} if address else set()
        assert record["name"] == subject["name"]
    assert changed == {"person", "address"}


def test_records_without_a_number_are_clean_else(made: World) -> None:
    for record, subject in rows(made, "no_code"):
        assert given(record) == set()
        assert record["name"] == subject["name"]
        assert record["person"] in ("", subject["person"])


def test_unknown_bodies_are_in_no_register_and_half_have_a_valid_code(made: World) -> None:
    codes = set(made[0].uscc.to_pylist())
    foreign = [record["uscc"] for record, subject in rows(made, "unknown") if not subject and record["uscc"]]

    assert all(is_uscc(code) and code not in codes for code in foreign)
    assert len(foreign) / len(list(rows(made, "unknown"))) == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize(
    ("way", "where", "typo"),
    [
        (0, 0.0, "呼和浩特市兰海商贸有限公司"),  # 蓝 sounds like 兰
        (1, 0.3, "呼和浩特市蓝商贸有限公司"),  # 海 is lost
        (2, 0.0, "呼和浩特市海蓝商贸有限公司"),  # 蓝 and 海 changed about
    ],
)
def test_a_typo_is_made_between_what_forms_fill_in_by_themselves(way: int, where: float, typo: str) -> None:
    alike = homophones([("蓝", "lan"), ("兰", "lan"), ("海", "hai")])

    assert _name_typo("呼和浩特市蓝海商贸有限公司", way, where, 0.0, alike) == typo


def test_a_typo_of_a_code_replaces_one_character_or_changes_two_about() -> None:
    assert _code_typo("91150102MA0N000X1A", 2, 1, False) == "91250102MA0N000X1A"
    assert _code_typo("91150102MA0N000X1A", 3, 1, True) == "91105102MA0N000X1A"
    assert _code_typo("91150102MA0N000X1A", 1, 1, True) == "92150102MA0N000X1A"  # two that are the same: replaced
