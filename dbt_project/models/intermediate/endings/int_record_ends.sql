-- One row per dishonest record: what it is about, and by what and when it ended if it has at as_of.
-- A record ends with the first of its repair, its revocation upon an objection, its exit from a
-- list, the end of its term and its withdrawal.
with

records as (

    select * from {{ ref('int_resolved_records') }}

),

record_types as (

    select * from {{ ref('ref_record_types') }}

),

case_endings as (

    select * from {{ ref('int_case_endings') }}

),

withdrawn as (

    select * from {{ ref('int_withdrawn_records') }}

),

dated as (

    select
        records.record_id,
        {{ about_key(
            'record_types.breach_type', 'records.document_no', 'records.authority', 'records.subject_id'
        ) }} as about_key,
        case_endings.outcome,
        case_endings.ended_date as case_ended_date,
        records.removed_date,
        case
            when records.visible_until < {{ as_of() }}
                then cast(records.visible_until + interval '1' day as date)
        end as expired_date
    from records
    inner join record_types
        on records.record_type = record_types.record_type
    left join case_endings
        on records.record_id = case_endings.record_id
    where record_types.breach_type is not null

),

firsts as (

    select
        *,
        least(
            coalesce(case_ended_date, removed_date, expired_date),
            coalesce(removed_date, expired_date, case_ended_date),
            coalesce(expired_date, case_ended_date, removed_date)
        ) as ended_date
    from dated

),

ends as (

    select
        record_id,
        about_key,
        case
            when expired_date = ended_date then 'expired'
            when case_ended_date = ended_date and outcome = 'granted' then 'repaired'
            when case_ended_date = ended_date then 'revoked'
            when removed_date = ended_date then 'removed'
        end as ended_by,
        ended_date
    from firsts

    union all

    select
        record_id,
        about_key,
        'withdrawn' as ended_by,
        withdrawn_date as ended_date
    from withdrawn

)

select * from ends
