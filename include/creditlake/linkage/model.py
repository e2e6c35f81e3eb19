"""The linkage model as Splink takes it: the same comparisons and agreements as ``int_identity_levels``."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import duckdb
import splink.comparison_level_library as levels
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_library import CustomComparison
from splink.internals.blocking_rule_creator import BlockingRuleCreator
from splink.internals.comparison_creator import ComparisonCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator

from creditlake.linkage.weights import Weight, Weights

BY_FREQUENCY = ("name_key", "core", "trade_name", "representative")
"""Where these agree exactly, the share of the very value in the register counts in place of the average u."""
COMPARED = (*BY_FREQUENCY, "trade", "core_sound", "trade_sound", "address", "district", "house", "road")
SHARE_A_DELETION = "list_has_any(deletions_l, deletions_r)"
"""One error lies between two names that share a deletion (or two lie at one place): characters, where DuckDB's own edit
distances count bytes (duckdb issue 25113)."""


@dataclass(frozen=True, slots=True)
class _Agreement:
    """One level of a comparison, the strictest first: two values that are the same, a condition, or what is left."""

    name: str
    same: str = ""
    condition: str = ""

    def level(self, weight: Weight | None, *, is_trained: bool) -> ComparisonLevelCreator:
        made: ComparisonLevelCreator = levels.ElseLevel()
        if self.condition:
            made = levels.CustomLevel(self.condition, self.name)
        elif self.same:
            made = levels.ExactMatchLevel(self.same, term_frequency_adjustments=self.same in BY_FREQUENCY)
        if weight is None:
            return made
        made.configure(u_probability=weight.u, fix_u_probability=True)
        return made if is_trained else made.configure(m_probability=weight.m)


def agreements(one_error: str = SHARE_A_DELETION) -> dict[str, tuple[str, tuple[_Agreement, ...]]]:
    """Return for each comparison the column without which it says nothing, and its agreements."""
    by_sound = "core_sound_l = core_sound_r"
    return {
        "name": (
            "name_key",
            (
                _Agreement("full_name", same="name_key"),
                _Agreement("core", same="core"),
                _Agreement("core_sound", condition=by_sound),
                _Agreement("one_error", condition=one_error),
                _Agreement("trade_name", same="trade_name"),
                _Agreement("trade_sound", condition="trade_sound_l = trade_sound_r"),
                _Agreement("trade", condition="trade_l = trade_r"),
                _Agreement("other"),
            ),
        ),
        "representative": ("representative", (_Agreement("same", same="representative"), _Agreement("other"))),
        "address": (
            "address",
            (
                _Agreement("same", same="address"),
                _Agreement("house", condition="house_l = house_r"),
                _Agreement("district", condition="district_l = district_r"),
                _Agreement("other"),
            ),
        ),
    }


def settings(weights: Weights, prior: float, *, is_trained: bool, one_error: str = SHARE_A_DELETION) -> SettingsCreator:
    """Return Splink's settings of the model.

    Args:
        weights: The u of every agreement; its m too, unless the model is trained.
        prior: Probability that a record and a name of the register, both drawn at random, mean one subject.
        is_trained: m is left to expectation maximisation.
        one_error: Condition in SQL for one error of writing.
    """
    comparisons: list[ComparisonCreator | dict[str, Any]] = [
        CustomComparison(
            output_column_name=name,
            comparison_levels=[
                levels.NullLevel(column),
                *(one.level(weights.get((name, one.name)), is_trained=is_trained) for one in made),
            ],
        )
        for name, (column, made) in agreements(one_error).items()
    ]
    return SettingsCreator(
        link_type="link_only",
        unique_id_column_name="unique_id",
        probability_two_random_records_match=prior,
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=blocks(),
        additional_columns_to_retain=["subject_id", "name_key"],
    )


def blocks() -> list[BlockingRuleCreator | dict[str, Any]]:
    """Return what two rows must share for Splink to compare them."""
    return [
        block_on("name_key"),
        block_on("deletions", arrays_to_explode=["deletions"]),
        block_on("core"),
        block_on("core_sound"),
        block_on("trade_name", "representative"),
        block_on("trade_name", "house"),
        block_on("representative", "road"),
        block_on("representative", "district", "trade"),
        block_on("address"),
        block_on("trade_name", "district"),
    ]


def tables(connection: duckdb.DuckDBPyConnection, asked: str = "true") -> None:
    """Copy what is compared from an attached lake into DuckDB's memory, where Splink works: ``asked`` and ``known``.

    Args:
        asked: Condition in SQL for the rows of ``int_identity_asked``.
    """
    columns = f"{', '.join(COMPARED)}, {_deletions('name_key')} as deletions"
    connection.execute("use memory")
    connection.execute(
        f"""create or replace table asked as
            select 'R' || identity_key as unique_id, null::varchar as subject_id, {columns}
            from lake.intermediate.int_identity_asked where {asked} order by 1"""
    )
    connection.execute(
        f"""create or replace table known as
            select 'A' || subject_id || '|' || name_key as unique_id, subject_id, is_current, {columns}
            from lake.intermediate.int_identity_known order by 1"""
    )


def linker(connection: duckdb.DuckDBPyConnection, made: SettingsCreator) -> Linker:
    """Return Splink over the two tables, with the shares of values in the register as its term frequencies."""
    api = DuckDBAPI(connection=connection)
    linking = Linker(
        [api.register("asked", dataset_display_name="feed"), api.register("known", dataset_display_name="register")],
        made,
        log_level=logging.ERROR,  # of what was not seen in training, training itself speaks
    )
    for column in BY_FREQUENCY:
        connection.execute(
            f"""create or replace table shares_{column} as
                select {column}, count(*) / sum(count(*)) over () as tf_{column}
                from known where {column} is not null group by {column}"""
        )
        shares = api.register(f"shares_{column}")
        linking.table_management.register_term_frequency_lookup(shares, column)
    return linking


def _deletions(text: str) -> str:
    one_less = f"list_transform(range(1, length({text}) + 1), lambda i: {text}[:i - 1] || {text}[i + 1:])"
    return f"list_distinct(list_concat([{text}], {one_less}))"
