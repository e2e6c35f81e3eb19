"""Compare two releases, of all subjects or of one: what was added, changed and removed, and why.

All is computed in one connection, in temporary tables (``causes.py``); the marts are read as they lie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from creditlake.home import dbt_project
from creditlake.lake.tables import identifier
from creditlake.release import causes
from creditlake.release.store import Release

VIEWS = {
    "records": "mart_credit_records",
    "subjects": "mart_subjects",
    "profiles": "mart_subject_profiles",
    "points": "mart_evaluation_points",
    "reasons": "mart_profile_reasons",
    "batches": "mart_batch_ledger",
    "merges": "mart_subject_merges",
}
"""The marts that are compared, by the names the statements call them."""
WHOLE = ("batches", "merges")
"""Those that are looked at whole also where one subject is asked for."""
MERGES = (
    """create temp table merged as select subject_id, max(decided_date) as since_date from new_merges
    where decision_kind = '合并' and reversed_date is null
        and decision_no not in (select decision_no from old_merges where reversed_date is null)
    group by subject_id""",
    """create temp table split as select subject_id, max(coalesce(new.reversed_date, facts.new_day)) as since_date
    from old_merges as old cross join facts
    left join (select decision_no, reversed_date from new_merges) as new using (decision_no)
    where old.decision_kind = '合并' and old.reversed_date is null
        and (new.decision_no is null or new.reversed_date is not null)
        and subject_id not in (select subject_id from new_merges where decision_kind = '合并' and reversed_date is null)
    group by subject_id""",
)
"""Subjects that are merged since the older release, and such as stand alone again, with the day."""
NO_ENDS = "create temp table ends (item varchar, cause_code varchar, since_date date)"


@dataclass(frozen=True, slots=True)
class Side:
    """One of two releases that are compared, or what is about to become one.

    Attributes:
        folder: Where its marts lie as Parquet.
        marts: The names of those that it has.
        rules: What decided its numbers: the versions of code and seeds.
    """

    folder: Path
    as_of: date
    marts: frozenset[str]
    rules: tuple[str, str]

    @classmethod
    def of(cls, release: Release) -> Side:
        """Return a published release as a side."""
        manifest: Mapping[str, Any] = release.manifest
        names = frozenset(str(entry["name"]) for entry in manifest["marts"])
        rules = (str(manifest["code_version"]), str(manifest["seeds_sha256"]))
        return cls(release.folder, release.as_of, names, rules)

    def mart(self, name: str) -> str:
        """A mart's file as text of SQL."""
        path = str(self.folder / f"{name}.parquet").replace("'", "''")
        return f"'{path}'"


def open_sides(connection: duckdb.DuckDBPyConnection, old: Side, new: Side, subject_id: str | None = None) -> None:
    """Make the views of both sides, ``topics`` and ``facts``.

    Args:
        subject_id: Look at one subject alone; its records are also looked up where they are another's.
    """
    wanted = "true" if subject_id is None else f"subject_id = '{subject_id.replace(chr(39), chr(39) * 2)}'"
    for name, mart in VIEWS.items():
        for side, other, prefix in ((old, new, "old"), (new, old, "new")):
            where = "true" if name in WHOLE else wanted
            if name == "records" and subject_id is not None:
                where += f" or record_id in (select record_id from read_parquet({other.mart(mart)}) where {wanted})"
            if mart not in side.marts:
                side, where = other, "false"  # a release of before the mart was introduced has no row of it
            connection.execute(
                f"create temp view {prefix}_{name} as select * from read_parquet({side.mart(mart)}) where {where}"
            )
    seed = str(dbt_project() / "seeds" / "ref_change_topics.csv").replace("'", "''")
    connection.execute(
        f"create temp table topics as select * from read_csv('{seed}', header = true, all_varchar = true)"
    )
    connection.execute(
        """create temp table facts as
        with fresh as (
            select feed || '.' || dataset as source from new_batches
            anti join old_batches using (feed, dataset, batch_id) where status = 'accepted'
        ),
        known as (select name from topics inner join fresh on topics.topic = fresh.source where topics.part = 'source')
        select cast(? as date) as old_day, cast(? as date) as new_day, ? as same_rules, old_day = new_day as same_day,
            (select count(*) from fresh) = 0
            and (select count(*) from old_batches anti join new_batches using (feed, dataset, batch_id)) = 0
            as same_batches,
            exists (from fresh where source not in (
                select feed || '.' || dataset from old_batches where status = 'accepted')) as is_dataset_first,
            exists (from known where name = 'registration') as is_registration_new,
            exists (from known where name = 'headcounts') as is_headcount_new""",
        [old.as_of, new.as_of, old.rules == new.rules],
    )
    for statement in MERGES:
        connection.execute(statement)


def compare(connection: duckdb.DuckDBPyConnection, more_numbers: Sequence[str] = ()) -> None:
    """Make the tables of changes, after ``open_sides`` and the table ``ends``.

    Args:
        more_numbers: Statements that add to ``moved_numbers`` what else than the profile is compared.
    """
    for statement in (causes.RECORD_CHANGES, causes.RECORDS_GONE, causes.SUBJECT_CHANGES):
        connection.execute(statement)
    found = connection.execute("select distinct name from topics where part = 'number' order by name").fetchall()
    connection.execute(causes.moved_profiles([name for (name,) in found]))
    for statement in (causes.MOVED_FEATURES, causes.EVIDENCE, *more_numbers, causes.NUMBER_CHANGES):
        connection.execute(statement)


def ask_the_lake(connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``ends`` from the models of the lake, which is attached and was built as of the newer release's day."""
    connection.execute(
        """create temp table gone as select record_id, subject_id, feed, dataset, batch_id, source_row
        from old_records anti join new_records using (record_id)"""
    )
    lost = connection.execute(
        """select distinct feed, dataset from gone
        anti join lake.intermediate.int_resolved_records using (record_id) order by all"""
    ).fetchall()
    withdrawn = [_withdrawn(feed, dataset) for feed, dataset in lost]
    nothing = "select cast(null as varchar) as record_id, cast(null as date) as since_date where false"
    connection.execute(
        f"""create temp table ends as
        with withdrawn as ({" union all ".join([nothing, *withdrawn])}),
        told as (
            select gone.record_id,
                case
                    when endings.outcome = 'granted' then 'repair'
                    when endings.outcome = 'revoked' then 'revocation'
                    when withdrawn.record_id is not null then 'withdrawal'
                    when resolved.record_id is null then null
                    when resolved.subject_id is distinct from gone.subject_id then 'identity'
                    when resolved.is_ended then 'ended'
                    when resolved.visible_until < facts.new_day then 'expiry'
                    when (resolved.batch_id, resolved.source_row) <> (gone.batch_id, gone.source_row) then 'source'
                end as cause_code,
                coalesce(endings.ended_date, withdrawn.since_date,
                    case when cause_code = 'expiry' then cast(resolved.visible_until + interval 1 day as date) end)
                as since_date
            from gone
            cross join facts
            left join lake.intermediate.int_case_endings endings using (record_id)
            left join lake.intermediate.int_resolved_records resolved using (record_id)
            left join withdrawn using (record_id)
        )
        select sha256(record_id) as item, cause_code, since_date from told where cause_code is not null"""
    )


def _withdrawn(feed: str, dataset: str) -> str:
    """The lost records of a dataset whose latest version withdraws them, with the day it was handed over."""
    return f"""select record_id, since_date from (
            select md5(concat('{feed}', '|', '{dataset}', '|', record_key)) as record_id,
                max_by(is_withdrawn, version_no) as is_withdrawn,
                cast(max_by(coalesce(provided_date, delivered_date), version_no) as date) as since_date
            from lake.staging.{identifier(f"stg_{feed}__{dataset}")}
            group by record_key
        ) where is_withdrawn and record_id in (select record_id from gone)"""
