"""Why something of a subject differs between two releases, as statements over both of them.

They read the views ``old_…`` and ``new_…``, ``topics`` (the seed ref_change_topics), ``facts`` (one row: what else
differs), ``merged`` and ``split`` (subjects that were merged into another, or stand alone again, since the older one)
and ``ends`` (why records are shown no more), all made by ``comparing.py``, and make ``record_changes``,
``subject_changes``, ``evidence`` and, of the ``moved_numbers``, ``number_changes``. A cause is given only where the
releases or the lake prove it; else it is ``unknown``. What the causes mean: ref_code_values (cause_code).
"""

from __future__ import annotations

from collections.abc import Iterable

from creditlake.lake.tables import identifier

RECORD = (
    "feed",
    "dataset",
    "record_type",
    "polarity",
    "severity",
    "occurred_date",
    "amount_yuan",
    "confiscated_yuan",
    "authority",
    "document_no",
    "visible_until",
    "match_method",
    "batch_id",
    "source_sha256",
    "source_row",
)
"""Columns of mart_credit_records that a change is a change of."""
SUBJECT = (
    "uscc",
    "name",
    "subject_type",
    "registration_status",
    "is_active",
    "district_code",
    "industry_code",
    "enterprise_type_code",
    "established_date",
    "registered_capital_yuan",
)
"""Columns of mart_subjects that a change is a change of."""

LEFT_OVER = """case
            when facts.same_rules and not facts.same_day then 'window'
            when not facts.same_rules and facts.same_day and facts.same_batches then 'rule'
            else 'unknown'
        end"""
"""What is left where no row of a source moved it: the passing of time alone, the rules alone, or both at once."""

MOVED_BY = """case
                when merged.subject_id is not null then 'merge'
                when split.subject_id is not null then 'split'
                else 'identity'
            end"""
"""Why a record hangs on another subject: the one it left was merged, the one it came to stands alone again, or else."""

_DIFFERS = " or ".join(f"old.{column} is distinct from new.{column}" for column in RECORD)
RECORD_CHANGES = f"""
create temp table record_changes as
with shown as (
    select new.*, old.record_id is not null as is_known,
        old.batch_id = new.batch_id and old.source_row = new.source_row as is_same_row,
        old.match_method is distinct from new.match_method as is_matched_otherwise
    from new_records new
    left join old_records old using (record_id, subject_id)
    where old.record_id is null or {_DIFFERS}
),
told as (
    select shown.*,
        case when shown.is_known then 'changed' else 'added' end as change_type,
        case
            when shown.is_known and not shown.is_same_row then 'source'
            when shown.is_known and shown.is_matched_otherwise and facts.same_rules then 'registration'
            when shown.is_known then {LEFT_OVER}
            when elsewhere.record_id is not null then {MOVED_BY}
            when old_batches.batch_id is null then 'source'
            when old_subjects.subject_id is null then 'registration'
            when shown.occurred_date > facts.old_day then 'window'
            when {LEFT_OVER} = 'rule' then 'rule'
            else 'unknown'
        end as cause_code,
        coalesce(merged.since_date, split.since_date) as moved_date
    from shown
    cross join facts
    left join old_records elsewhere on elsewhere.record_id = shown.record_id and not shown.is_known
    left join merged on merged.subject_id = elsewhere.subject_id
    left join split on split.subject_id = shown.subject_id
    left join old_subjects on old_subjects.subject_id = shown.subject_id
    left join old_batches on (old_batches.feed, old_batches.dataset, old_batches.batch_id)
        = (shown.feed, shown.dataset, shown.batch_id)
)
select told.subject_id, told.record_id, told.record_type, told.change_type, told.cause_code,
    case told.cause_code
        when 'source' then new_batches.delivered_date
        when 'window' then told.occurred_date
        when 'merge' then told.moved_date
        when 'split' then told.moved_date
    end as since_date,
    case when told.cause_code = 'source' then told.batch_id end as batch_id,
    case when told.cause_code = 'source' then told.source_row end as source_row
from told
left join new_batches on (new_batches.feed, new_batches.dataset, new_batches.batch_id)
    = (told.feed, told.dataset, told.batch_id)
"""
"""One row a record and subject that is added or changed; batch and row where a delivered row is the cause."""
RECORDS_GONE = f"""
insert into record_changes
with gone as (
    select * from old_records anti join new_records using (record_id, subject_id)
),
told as (
    select gone.*, ends.since_date as ended_date,
        case
            when elsewhere.record_id is not null then {MOVED_BY}
            when gone.visible_until < facts.new_day and coalesce(ends.since_date > gone.visible_until, true)
                then 'expiry'
            when ends.cause_code is not null then ends.cause_code
            when {LEFT_OVER} = 'rule' then 'rule'
            else 'unknown'
        end as cause_code,
        cast(gone.visible_until + interval 1 day as date) as hidden_date,
        gone.visible_until < facts.new_day as is_over,
        coalesce(merged.since_date, split.since_date) as moved_date
    from gone
    cross join facts
    left join new_records elsewhere on elsewhere.record_id = gone.record_id
    left join merged on merged.subject_id = gone.subject_id
    left join split on split.subject_id = elsewhere.subject_id
    left join ends on ends.item = sha256(gone.record_id)
)
select subject_id, record_id, record_type, 'removed', cause_code,
    case
        when cause_code = 'expiry' and is_over then hidden_date
        when cause_code in ('merge', 'split') then moved_date
        when cause_code not in ('identity', 'rule', 'unknown') then ended_date
    end,
    null, null
from told
"""
"""And one a record that is shown no more, without a word of where it came from."""

_SUBJECT_DIFFERENCES = "\n    union all ".join(
    f"select subject_id, '{column}' as item, 'changed' as change_type from both_known"
    f" where old_{column} is distinct from new_{column}"
    for column in SUBJECT
)
SUBJECT_CHANGES = f"""
create temp table subject_changes as
with both_known as (
    select new.subject_id, {", ".join(f"old.{name} as old_{name}, new.{name} as new_{name}" for name in SUBJECT)}
    from new_subjects new
    inner join old_subjects old using (subject_id)
),
changes as (
    {_SUBJECT_DIFFERENCES}
    union all
    select new.subject_id, 'subject_id', 'added' from new_subjects new anti join old_subjects using (subject_id)
)
select changes.*,
    case
        when changes.item = 'subject_id' and split.subject_id is not null then 'split'
        when facts.is_registration_new then 'registration'
        when {LEFT_OVER} = 'rule' then 'rule'
        else 'unknown'
    end as cause_code
from changes
cross join facts
left join split on split.subject_id = changes.subject_id
"""
"""One row a subject that is new, and one a column of another that changed."""

MOVED_FEATURES = """
create temp table moved_features as
with summed as (
    select 'new' as side, subject_id, feature, item_code, points from new_points
    union all
    select 'old', subject_id, feature, item_code, points from old_points
)
select subject_id, feature from (
    select subject_id, feature, item_code, points from summed
    group by all having count(*) = 1
) group by subject_id, feature
"""
"""The inputs of the evaluation whose points, or the items that make them, moved."""
EVIDENCE = f"""
create temp table evidence as
with aging as (
    -- an unchanged record that makes another item of the same input has grown older
    select new.subject_id, new_records.record_type
    from new_reasons new
    inner join old_reasons old using (subject_id, record_id)
    inner join new_points point on point.subject_id = new.subject_id and point.item_code = new.item_code
    inner join topics on topics.part = 'feature' and topics.name = point.feature and topics.topic = 'record_age'
    inner join new_records on new_records.record_id = new.record_id
    anti join record_changes on record_changes.record_id = new.record_id
    where old.item_code <> new.item_code
)
select subject_id, record_type as topic, cause_code, since_date from record_changes
union all
select subject_id, item, cause_code, null from subject_changes
union all
select subject_id, 'record_age', {LEFT_OVER}, null from aging cross join facts
union all
select moved.subject_id, 'subject_age', {LEFT_OVER}, null
from moved_features moved
inner join topics on topics.part = 'feature' and topics.name = moved.feature and topics.topic = 'subject_age'
cross join facts
union all
select new.subject_id, 'headcounts', case when facts.is_headcount_new then 'source' else {LEFT_OVER} end, null
from new_profiles new
inner join old_profiles old using (subject_id)
cross join facts
where new.insured_headcount is distinct from old.insured_headcount
    or exists (from moved_features moved inner join topics
               on topics.part = 'feature' and topics.name = moved.feature and topics.topic = 'headcounts'
               where moved.subject_id = new.subject_id)
union all
-- it is in both releases, and was of the last twelve months in the older one alone
select new.subject_id, 'last_12_months', 'window', cast(new.occurred_date + interval 12 month as date)
from new_records new
inner join old_records old using (record_id, subject_id, record_type, occurred_date)
cross join facts
where new.occurred_date > facts.old_day - interval 12 month
    and new.occurred_date <= facts.new_day - interval 12 month
    and new.record_type in (select topic from topics where part = 'number' and name in (
        select name from topics where part = 'number' and topic = 'last_12_months'))
"""
"""What moved of each subject, by topic, with its cause."""
NUMBER_CHANGES = f"""
create temp table number_changes as
with caused as (
    select moved.subject_id, moved.kind, moved.number, evidence.cause_code, evidence.since_date
    from moved_numbers moved
    inner join topics on topics.part = moved.part and topics.name = moved.number
    inner join evidence on evidence.subject_id = moved.subject_id and evidence.topic = topics.topic
    union all
    select moved.subject_id, moved.kind, moved.number, evidence.cause_code, evidence.since_date
    from moved_numbers moved
    inner join moved_features features on features.subject_id = moved.subject_id
    inner join topics on topics.part = 'feature' and topics.name = features.feature
    inner join evidence on evidence.subject_id = moved.subject_id and evidence.topic = topics.topic
    where moved.kind = 'profile'
        and moved.number in ('evaluation_score', 'evaluation_grade', 'supervision_class')
)
select moved.subject_id, moved.kind, moved.number, any_value(moved.old_value) as old_value,
    any_value(moved.new_value) as new_value,
    coalesce(
        caused.cause_code,
        -- portrait and loan card also ask whether a dataset came at all
        any_value(case when moved.kind <> 'profile' and facts.is_dataset_first then 'unknown' else {LEFT_OVER} end)
    ) as cause_code, max(caused.since_date) as since_date
from moved_numbers moved
cross join facts
left join caused using (subject_id, kind, number)
group by moved.subject_id, moved.kind, moved.number, caused.cause_code
"""
"""One row a number that changed and cause of it."""


def moved_profiles(numbers: Iterable[str]) -> str:
    """Return the statement that makes ``moved_numbers``: the columns of the profiles that changed, old and new."""
    differences = "\nunion all\n".join(
        f"select new.subject_id, 'profile' as kind, 'number' as part, '{number}' as number,"
        f" cast(old.{identifier(number)} as varchar) as old_value,"
        f" cast(new.{identifier(number)} as varchar) as new_value"
        f" from new_profiles new inner join old_profiles old using (subject_id)"
        f" where old.{identifier(number)} is distinct from new.{identifier(number)}"
        for number in numbers
    )
    return f"create temp table moved_numbers as {differences}"
