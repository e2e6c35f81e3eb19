-- One row per dishonest record and state that it has reached at as_of, with the day the state
-- began. Of several cases about one record the first to reach a state counts.
with

records as (

    select * from {{ ref('int_resolved_records') }}

),

record_types as (

    select * from {{ ref('ref_record_types') }}

),

reports as (

    select * from {{ ref('int_first_reports') }}

),

matches as (

    select * from {{ ref('int_case_matches') }}

),

endings as (

    select * from {{ ref('int_case_endings') }}

),

sealed as (

    select * from {{ ref('stg_ops__sealed_states') }}

),

lives as (

    select
        records.record_id,
        records.visible_until,
        least(
            coalesce(endings.ended_date, records.removed_date),
            coalesce(records.removed_date, endings.ended_date)
        ) as ended_date,
        reports.reported_date,
        -- what is handed over when its term is over or a case has ended it is never published
        case
            when records.is_published
                and records.occurred_date is not null
                and greatest(reports.reported_date, records.occurred_date)
                <= coalesce(records.visible_until, cast('2099-12-31' as date))
                and greatest(reports.reported_date, records.occurred_date)
                < coalesce(endings.ended_date, cast('2099-12-31' as date))
                then greatest(reports.reported_date, records.occurred_date)
        end as published_date
    from records
    inner join record_types
        on records.record_type = record_types.record_type
    inner join reports
        on records.record_id = reports.record_id
    left join endings
        on records.record_id = endings.record_id
    where record_types.breach_type is not null

),

reached as (

    select record_id, 'reported' as state, reported_date as began_date from lives
    union all
    select record_id, 'published' as state, published_date as began_date from lives
    union all
    select
        record_id,
        case case_type when 'repair' then 'repair_applied' else 'objected' end as state,
        applied_date as began_date
    from matches
    union all
    select record_id, 'accepted' as state, accepted_date as began_date from matches
    where case_type = 'repair'
        and is_accepted
    union all
    select
        record_id,
        case outcome
            when 'granted' then 'repaired'
            when 'refused' then 'rejected'
            else outcome
        end as state,
        closed_date as began_date
    from matches
    where outcome is not null
    union all
    select
        record_id,
        'expired' as state,
        cast(visible_until + interval '1' day as date) as began_date
    from lives
    where published_date is not null
        and coalesce(ended_date > visible_until, true)
    union all
    -- of a record that has left the lake the days are all that stays
    select record_id, state, began_date from sealed

)

select
    record_id,
    state,
    min(began_date) as began_date
from reached
where began_date <= {{ as_of() }}
group by record_id, state
