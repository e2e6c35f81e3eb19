"""Splink by itself, after the codes: the design that the ladder is compared with, and the check of its weights."""

from __future__ import annotations

import duckdb
from splink import DuckDBAPI

from creditlake.linkage.model import SHARE_A_DELETION, linker, settings, tables
from creditlake.linkage.weights import PRIOR, Weights, read_weights, weights_file

_LEAST_COMPARED = -20
"""A subject that was compared alone stands as far from nothing as in ``int_identity_best``."""


def link_by_splink(connection: duckdb.DuckDBPyConnection) -> None:
    """Link what no code decides by Splink's own predictions, with weights and limits of the seeds, into ``by_splink``.

    Args:
        connection: A lake, attached and built.
    """
    tables(connection, "claimed_subject_id is null")
    version, link, margin, sure, review = _limits(connection)
    predicted = predict(connection, read_weights(weights_file(), version), least=review)
    connection.execute(
        f"""create or replace table by_splink as
            with fitting as (
                select unique_id_l as unique_id, subject_id_r as subject_id, max(match_weight) as weight,
                    bool_or(name_key_l = name_key_r) as has_name
                from {predicted}
                group by all
            ),
            ranked as (
                select *,
                    weight - lead(weight, 1, {_LEAST_COMPARED}) over best as margin, row_number() over best as place
                from fitting
                window best as (partition by unique_id order by weight desc, subject_id)
            ),
            judged as (
                select *, weight >= {link} and margin >= {margin} as is_link from ranked where place = 1
            )
            select substr(unique_id, 2) as identity_key, case when is_link then subject_id end as subject_id,
                not is_link and (weight >= {sure} or (weight >= {review} and has_name)) as is_asked
            from judged"""
    )


def predict(
    connection: duckdb.DuckDBPyConnection,
    weights: Weights,
    *,
    least: float,
    one_error: str = SHARE_A_DELETION,
    pairs: str = "",
) -> str:
    """Let Splink weigh pairs of the tables ``asked`` and ``known`` (``model.tables``) with given weights.

    Args:
        least: Weight in bits below which a pair is left out.
        one_error: Condition in SQL for one error of writing.
        pairs: Table of the pairs to weigh, as Splink's blocking writes it; empty: those it finds itself.

    Returns:
        Name of the table: unique_id_l (of asked), unique_id_r (of known), match_weight, subject_id_r and name_key.
    """
    names = connection.execute("select count(*) from known").fetchone()
    assert names is not None  # an aggregate has one row
    odds = weights[PRIOR].m / names[0]
    linking = linker(connection, settings(weights, odds / (1 + odds), is_trained=False, one_error=one_error))
    if pairs:
        given = DuckDBAPI(connection=connection).register(pairs)
        linking.table_management.register_blocked_pairs_for_predict(given)
    return str(linking.inference.predict(threshold_match_weight=least).physical_name)


def _limits(connection: duckdb.DuckDBPyConnection) -> tuple[str, float, float, float, float]:
    row = connection.execute(
        "select model_version, link_weight, link_margin, sure_weight, review_weight from lake.seeds.ref_linkage_limits"
    ).fetchone()
    assert row is not None  # the seed has one row
    return row[0], row[1], row[2], row[3], row[4]
