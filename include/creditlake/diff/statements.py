"""Statements about one subject in two releases, beside those of ``release/causes.py``."""

from __future__ import annotations

from creditlake.release.comparing import Side

ENDS = """insert into ends select item, cause_code, since_date from read_parquet($1)
where item_type = 'record' and change_type = 'removed' and cause_code <> 'unknown'"""
NUMBERS = """from number_changes where subject_id = $1
order by case kind when 'profile' then 0 when 'evaluation' then 1 when 'portrait' then 2 when 'percentile' then 3 end,
    number, cause_code"""
ITEMS = """select coalesce(new.item_code, old.item_code) as item_code, coalesce(new.feature, old.feature) as feature,
    old.points as old_points, new.points as new_points,
    case when old.item_code is null then 'added' when new.item_code is null then 'removed' else 'changed' end
    as change_type
from (from new_points where subject_id = $1) new
full join (from old_points where subject_id = $1) old using (item_code)
where old.points is distinct from new.points
order by item_code"""


def subject(old: Side, new: Side) -> str:
    """Look a subject up by its code or key, in the newer release first."""
    return f"""select subject_id, uscc, name from (
        select 0 as place, subject_id, uscc, name from read_parquet({new.mart("mart_subjects")})
        union all select 1, subject_id, uscc, name from read_parquet({old.mart("mart_subjects")}))
    where subject_id = $1 or uscc = upper($1) order by place limit 1"""


def more_numbers(old: Side, new: Side, subject_id: str) -> tuple[str, ...]:
    """Add to ``moved_numbers`` the inputs of the evaluation, the portrait and the features of the loan card."""
    key = subject_id.replace("'", "''")
    portraits = ("mart_subject_portraits", "dimension_code")
    return (
        f"""insert into moved_numbers
        select subject_id, 'evaluation', 'feature', feature, null, null from moved_features
        where subject_id = '{key}'""",
        _moved(old, new, key, "portrait", "dimension", *portraits, "score"),
        _moved(old, new, key, "percentile", "", *portraits, "peer_percentile"),
        _moved(old, new, key, "loan", "feature", "mart_loan_score_points", "feature", "points"),
    )


def _moved(old: Side, new: Side, key: str, kind: str, part: str, mart: str, number: str, value: str) -> str:
    """One row a number of a mart that is in both releases with other values."""
    model = ", model_id" if mart == "mart_loan_score_points" else ""
    return f"""insert into moved_numbers
        select subject_id, '{kind}', '{part}', new.{number}, cast(old.{value} as varchar), cast(new.{value} as varchar)
        from read_parquet({new.mart(mart)}) new
        inner join read_parquet({old.mart(mart)}) old using (subject_id, {number}{model})
        where subject_id = '{key}' and old.{value} is distinct from new.{value}"""


def loan_scores(old: Side, new: Side) -> str:
    """The loan scores that are otherwise; the older one only where the newer release has one too."""
    told = "cast({0}.score as varchar) || ' ' || {0}.grade, {0}.hard_stop_code"
    return f"""select coalesce(new.model_id, old.model_id) as model_id,
        case when old.model_id is null then 'added' when new.model_id is null then 'removed' else 'changed' end
        as change_type,
        case when new.model_id is not null then coalesce({told.format("old")}) end as old_value,
        coalesce({told.format("new")}) as new_value
    from (from read_parquet({new.mart("mart_loan_scores")}) where subject_id = $1) new
    full join (from read_parquet({old.mart("mart_loan_scores")}) where subject_id = $1) old using (model_id)
    where coalesce({told.format("old")}) is distinct from coalesce({told.format("new")})
    order by model_id"""
