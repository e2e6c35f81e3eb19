"""Training without labels: u counted exactly in the register, m by Splink's expectation maximisation.

The register names every subject once, so two rows of it that agree are known to mean two subjects: u needs no sample.
m is learnt on all records without a usable code, not on what the ladder leaves of them, which would be a selection.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb
from splink import Linker, block_on
from splink.internals.blocking_rule_creator import BlockingRuleCreator
from splink.internals.exceptions import EMTrainingException

from creditlake.linkage.model import agreements, linker, settings, tables
from creditlake.linkage.weights import PRIOR, Weight, Weights

_RECALL = 0.75
"""Share of the true pairs that the three certain rules of the prior are taken to find: an assumption, as Splink needs
one. It moves all weights by the same fraction of a bit."""
_LEAST = 1e-11
_SHARED: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {
    ("representative", "address"): (("representative", "house"), ("core",), ("house",)),
    ("representative",): (("representative",), ("core",)),
    ("address",): (("house",), ("core",)),
}
"""By what records give beside names: what pairs share from which m is learnt; it teaches all that it does not name."""
_UNNAMED = "uscc is null and claimed_subject_id is null"


def train(connection: duckdb.DuckDBPyConnection, in_force: Weights) -> Weights:
    """Fit the model to a lake that is attached and built, and return its weights; see ``fit``."""
    tables(connection, _UNNAMED)
    return fit(connection, in_force)


def fit(connection: duckdb.DuckDBPyConnection, in_force: Weights) -> Weights:
    """Fit the model to the tables ``asked`` and ``known`` (``model.tables``).

    Args:
        in_force: Whose m stays where no record gives a representative, or none an address: nothing is learnt of those.

    Raises:
        ValueError: there is too little to learn from, and what.
    """
    given = tuple(
        name for name in ("representative", "address") if _count(connection, f"asked where {name} is not null")
    )
    if not given:
        raise ValueError("no record without a code gives a representative or an address: names alone teach nothing")
    counted = _u(connection)
    linking = linker(connection, settings(counted, 0.0001, is_trained=True))
    sure: list[str | BlockingRuleCreator] = [
        block_on("name_key"),
        block_on("core", "representative"),
        block_on("representative", "house"),
    ]
    try:
        linking.training.estimate_probability_two_random_records_match(sure, recall=_RECALL)
        for shared in _SHARED[given]:
            linking.training.estimate_parameters_using_expectation_maximisation(block_on(*shared))
    except EMTrainingException as error:
        raise ValueError(str(error).splitlines()[0]) from error
    learnt = _weights(linking, counted, {"name", *given})
    expected = linking.misc.save_model_to_json()["probability_two_random_records_match"] * _count(connection, "known")
    fitted = {key: learnt[key] if key in learnt else Weight(in_force[key].m, u.u) for key, u in counted.items()}
    return {PRIOR: Weight(expected, None)} | fitted


def _weights(linking: Linker, counted: Weights, given: Collection[str]) -> Weights:
    """Read what Splink learnt of the comparisons that records give."""
    comparisons = zip(linking.misc.save_model_to_json()["comparisons"], agreements().items(), strict=True)
    learnt: dict[tuple[str, str], Weight] = {}
    for comparison, (name, (_, made)) in comparisons:
        found = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        for level, agreement in zip(found, made, strict=True) if name in given else ():
            if level.get("m_probability") is None:
                raise ValueError(f"no pair was seen whose {name} agrees by {agreement.name}: too few records")
            learnt[name, agreement.name] = Weight(level["m_probability"], counted[name, agreement.name].u)
    return learnt


def _u(connection: duckdb.DuckDBPyConnection) -> Weights:
    """Count how often two different subjects agree, for every agreement: the u of the model."""
    connection.execute("create or replace table current as select * from known where is_current")
    person = _share(connection, "representative")
    house, address, district = (_share(connection, name) for name in ("house", "address", "district"))
    name = _u_of_names(connection)
    made = {
        **{("name", agreement): u for agreement, u in name.items()},
        ("representative", "same"): person,
        ("representative", "other"): 1 - person,
        ("address", "same"): address,
        ("address", "house"): house - address,
        ("address", "district"): district - house,
        ("address", "other"): 1 - district,
    }
    return {key: Weight(0.0, max(u, _LEAST)) for key, u in made.items()}


def _u_of_names(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    names = _count(connection, "current")
    rows = connection.execute(
        """with near as (
                select distinct one.unique_id as one, other.unique_id as other
                from (select unique_id, unnest(deletions) as d from current) as one
                inner join (select unique_id, unnest(deletions) as d from current) as other on one.d = other.d
                union
                select one.unique_id, other.unique_id
                from current as one
                inner join current as other on one.trade_sound = other.trade_sound
            )
            select case
                when one.name_key = other.name_key then 'full_name'
                when one.core = other.core then 'core'
                when one.core_sound = other.core_sound then 'core_sound'
                when list_has_any(one.deletions, other.deletions) then 'one_error'
                when one.trade_name = other.trade_name then 'trade_name'
                else 'trade_sound'
            end, count(*)
            from near
            inner join current as one on near.one = one.unique_id
            inner join current as other on near.other = other.unique_id
            where near.one <> near.other
            group by 1"""
    ).fetchall()
    counted = {agreement: n / (names * (names - 1)) for agreement, n in rows}
    found = {one.name: counted.get(one.name, 0.0) for one in agreements()["name"][1][:6]}
    trade = _share(connection, "trade")
    return {**found, "trade": trade, "other": 1 - trade - sum(found.values())}


def _share(connection: duckdb.DuckDBPyConnection, column: str) -> float:
    """Share of the pairs of two subjects that have the same value, among those that have one."""
    row = connection.execute(
        f"""select coalesce(sum(n * (n - 1)) / any_value(t * (t - 1)), 0)::double
            from (select count(*)::double as n, sum(count(*)) over ()::double as t
                  from current where {column} is not null group by {column})"""
    ).fetchone()
    assert row is not None  # an aggregate has one row
    return float(row[0])


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    assert row is not None  # an aggregate has one row
    return int(row[0])
