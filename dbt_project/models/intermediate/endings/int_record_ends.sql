-- One row per dishonest record: what it is about, and by what and when it ended if it has at as_of.
-- A record ends with the first of its repair, the end of its term and its withdrawal.
with

records as (

    select * from {{ ref('int_resolved_records') }}

),

record_types as (

    select * from {{ ref('ref_record_types') }}

),

repairs as (

    select * from {{ ref('int_repairs') }}

),

revoked as (

    select * from {{ ref('int_revoked_records') }}

),

dated as (

    select
        records.record_id,
        {{ about_key(
            'record_types.breach_type', 'records.document_no', 'records.authority', 'records.subject_id'
        ) }} as about_key,
        case
            when
                repairs.repaired_date
                <= coalesce(records.visible_until, cast('2099-12-31' as date))
                then repairs.repaired_date
        end as repaired_date,
        case
            when records.visible_until < {{ as_of() }}
                then cast(records.visible_until + interval '1' day as date)
        end as expired_date
    from records
    inner join record_types
        on records.record_type = record_types.record_type
    left join repairs
        on records.record_id = repairs.record_id
    where record_types.breach_type is not null

),

ends as (

    select
        record_id,
        about_key,
        case
            when repaired_date is not null then 'repaired'
            when expired_date is not null then 'expired'
        end as ended_by,
        coalesce(repaired_date, expired_date) as ended_date
    from dated

    union all

    select
        record_id,
        about_key,
        'revoked' as ended_by,
        revoked_date as ended_date
    from revoked

)

select * from ends
