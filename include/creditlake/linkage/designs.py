"""Three designs of linkage over one world: rules alone, Splink alone after the codes, and the ladder as it is built."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from creditlake.linkage.scratch import RECORDS

_RULES = """
    select identity_key, coalesce(by_code, by_damaged_code, by_name_in_district, by_name_and_second) as subject_id,
        false as is_asked
    from lake.intermediate.int_identity_rungs"""
_LADDER = """
    select identity_key, subject_id, review_reason is not null as is_asked from lake.intermediate.int_identity_links"""
_SPLINK = """
    select identity_key, subject_id, false as is_asked from lake.intermediate.int_identity_codes
    union all
    select identity_key, subject_id, is_asked from memory.main.by_splink"""
DESIGNS = {"rules": _RULES, "splink": _SPLINK, "ladder": _LADDER}
"""Codes and exact names; codes, then Splink for all names (``link_by_splink`` first); all rungs as the models are.
Each as SQL: identity_key, subject_id (null: linked to nobody), is_asked (people must look at it)."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How one design did on the records of one kind.

    Attributes:
        kind: Kind of damage; ``all`` for all records together.
        records: How many there are.
        linked: How many were linked by themselves.
        wrong: How many of those to another subject than they mean.
        precision: Share of the links that is right; None without a link.
        recall: Share of the records about a registered subject that is rightly linked; None where there is none.
        review: Share of the records that people must look at.
    """

    kind: str
    records: int
    linked: int
    wrong: int
    precision: float | None
    recall: float | None
    review: float


def figures(connection: duckdb.DuckDBPyConnection, design: str) -> tuple[Figures, ...]:
    """Compare a design's links with the truth of the world; all records first, then each kind by its name.

    Args:
        connection: The world's lake, attached and built.
        design: One of DESIGNS.
    """
    rows = connection.execute(
        f"""with found as ({DESIGNS[design]})
            select coalesce(records.kind, 'all'), count(*), count(found.subject_id),
                count(*) filter (where found.subject_id = subjects.subject_id),
                count(subjects.subject_id), count(*) filter (where found.is_asked)
            from {RECORDS} as records
            left join found on records.identity_key = found.identity_key
            left join lake.intermediate.int_subjects as subjects on records.uscc = subjects.uscc
            group by grouping sets ((), (records.kind))
            order by records.kind nulls first"""
    ).fetchall()
    return tuple(
        Figures(
            kind=kind,
            records=records,
            linked=linked,
            wrong=linked - right,
            precision=right / linked if linked else None,
            recall=right / registered if registered else None,
            review=asked / records,
        )
        for kind, records, linked, right, registered, asked in rows
    )
