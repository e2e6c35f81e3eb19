"""The ladder on a world whose truth is known: it reaches its floors, and its weights are those that Splink reckons."""

from __future__ import annotations

from collections import Counter

import jellyfish
import pytest
from creditlake.cli import main
from creditlake.lake import reading
from creditlake.linkage import DESIGNS, homophones_of_seed
from creditlake.linkage.alone import predict
from creditlake.linkage.febrl import febrl
from creditlake.linkage.model import tables
from creditlake.linkage.training import fit, train
from creditlake.linkage.weights import PRIOR, Weight, model_in_force, read_weights, weights_file, write_weights
from creditlake.synthetic.linkage import FAMILIAR, world

from tests.linkage.conftest import RECORDS, SEED, SUBJECTS, Measured

MODEL = model_in_force()


def test_the_ladder_reaches_its_floors(measured: Measured) -> None:
    found = measured.figures["ladder"]["all"]

    assert found["precision"] >= 0.9998
    assert found["recall"] >= 0.97
    assert found["review"] <= 0.01


def test_the_ladder_finds_more_than_rules_and_errs_less_than_splink_alone(measured: Measured) -> None:
    rules, splink, ladder = (measured.figures[design]["all"] for design in DESIGNS)

    assert rules["recall"] < 0.85
    assert ladder["wrong"] < splink["wrong"]
    assert ladder["precision"] >= max(rules["precision"], splink["precision"])


def test_codes_of_another_subject_link_nobody_and_are_asked_about(measured: Measured) -> None:
    swapped = measured.figures["ladder"]["swapped_code"]

    assert (swapped["linked"], swapped["review"]) == (0, 1.0)


def test_records_about_nobody_are_linked_to_nobody(measured: Measured) -> None:
    assert measured.figures["ladder"]["unknown"]["linked"] == 0


@pytest.mark.parametrize("design", DESIGNS)
def test_every_record_of_the_world_is_counted_once_under_its_kind(measured: Measured, design: str) -> None:
    _, said = world(SEED, SUBJECTS, RECORDS, FAMILIAR, homophones_of_seed())
    kinds = dict(measured.figures[design])
    everything = kinds.pop("all")

    assert {kind: one["records"] for kind, one in kinds.items()} == Counter(said.kind.tolist())
    assert everything["records"] == RECORDS
    assert everything["linked"] == sum(one["linked"] for one in kinds.values())


def test_the_weights_in_sql_are_those_of_splink_for_the_same_model(measured: Measured) -> None:
    """One error is told by another's distance in characters, frequencies and arithmetic are Splink's own."""
    with reading(measured.paths) as connection:
        tables(connection, "true")
        connection.create_function("distance", jellyfish.damerau_levenshtein_distance, ["varchar", "varchar"], "bigint")
        connection.execute(
            """create table pairs as
               select '0' as match_key, 'feed-__-R' || identity_key as join_key_l,
                   'register-__-A' || subject_id || '|' || name_key as join_key_r
               from lake.intermediate.int_identity_levels"""
        )
        predicted = predict(
            connection,
            read_weights(weights_file(), MODEL),
            least=-1000,
            one_error="distance(name_key_l, name_key_r) = 1",
            pairs="pairs",
        )
        compared = connection.execute(
            f"""with splink as (
                    select substr(unique_id_l, 2) as identity_key, subject_id_r as subject_id,
                        max(match_weight) as weight
                    from {predicted} group by all
                )
                select count(*), count(distinct name_level), max(abs(ours.weight - splink.weight))
                from lake.intermediate.int_identity_scores as ours
                full join splink using (identity_key, subject_id)
                having count(*) = count(ours.weight) and count(*) = count(splink.weight)"""
        ).fetchone()

    assert compared is not None, "a pair was weighed on one side alone"
    pairs, levels, furthest = compared
    assert pairs > 1000
    assert levels >= 6
    assert furthest < 1e-6


def test_training_without_labels_finds_about_the_model_in_force(measured: Measured) -> None:
    """The world of the model in force had another seed and 66 times as many records."""
    with reading(measured.paths) as connection:
        found = train(connection, {})
    known = read_weights(weights_file(), MODEL)

    assert list(found) == list(known)
    assert sum(one.m for (name, _), one in found.items() if name == "name") == pytest.approx(1, abs=0.01)
    for key, one in known.items():
        if key == PRIOR or one.m > 0.05:
            assert found[key].m == pytest.approx(one.m, rel=0.25), key
        if one.u is not None and one.u > 1e-5:
            assert found[key].u == pytest.approx(one.u, rel=0.25), key


def test_what_no_record_gives_is_not_learnt_and_keeps_the_weight_in_force(measured: Measured) -> None:
    known = read_weights(weights_file(), MODEL)
    with reading(measured.paths) as connection:
        tables(connection, "uscc is null and claimed_subject_id is null")
        connection.execute("update asked set address = null, house = null, district = null, road = null")
        found = fit(connection, known)
        connection.execute("update asked set representative = null")
        with pytest.raises(ValueError, match="names alone teach nothing"):
            fit(connection, known)

    assert list(found) == list(known)
    for key, one in found.items():
        if key[0] == "address":
            assert one.m == known[key].m
        elif one.m > 0.05 and key != PRIOR:
            assert one.m == pytest.approx(known[key].m, rel=0.3), key


def test_the_command_trains_on_a_lake_and_puts_its_model_beside_the_others(measured: Measured) -> None:
    path = measured.paths.root.parent / "weights.csv"
    write_weights(path, "before", {PRIOR: Weight(1.5, None), ("name", "core"): Weight(0.25, 0.0000012)})
    command = ["bench", "train", "--model-version=new", f"--out={path}", f"--lake={measured.paths.root}"]

    assert main(command) == 0

    assert read_weights(path, "before") == {PRIOR: Weight(1.5, None), ("name", "core"): Weight(0.25, 0.0000012)}
    assert read_weights(path, "new").keys() == read_weights(weights_file(), MODEL).keys()
    with pytest.raises(ValueError, match="has no model other"):
        read_weights(path, "other")


def test_febrl_is_linked_as_well_as_its_floors_say() -> None:
    third, fourth = febrl("febrl3", "febrl4")

    assert (third.records, third.pairs, fourth.records, fourth.pairs) == (5000, 6538, 10000, 5000)
    assert third.f1 >= 0.995
    assert fourth.f1 >= 0.998
