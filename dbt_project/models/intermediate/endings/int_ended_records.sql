-- One row per dishonest record that has ended at as_of, and per case that is about such
-- records alone. This decides what the maintenance takes out of the lake.
with

ends as (

    select * from {{ ref('int_record_ends') }}

),

cases as (

    select * from {{ ref('int_cases') }}

),

sealed as (

    select * from {{ ref('stg_ops__sealed_rows') }}

),

endings as (

    select * from {{ ref('ref_endings') }}

),

about_living as (

    select distinct about_key from ends
    where ended_by is null
        and about_key is not null

),

about_ended as (

    select about_key, ended_by, ended_date from ends
    where ended_by is not null
        and about_key is not null

    union all

    -- what an application is about may have left the lake before it came
    select group_id as about_key, ended_by, ended_date from sealed

),

closed as (

    select
        about_ended.about_key,
        min(about_ended.ended_by) as ended_by,
        max(about_ended.ended_date) as ended_date
    from about_ended
    left join about_living
        on about_ended.about_key = about_living.about_key
    where about_living.about_key is null
    group by about_ended.about_key

),

named_cases as (

    select
        record_id,
        {{ about_key('breach_type', 'document_no', 'authority', 'subject_id') }} as about_key
    from cases

),

united as (

    select record_id, about_key, ended_by, ended_date from ends
    where ended_by is not null

    union all

    select
        named_cases.record_id,
        closed.about_key,
        closed.ended_by,
        closed.ended_date
    from named_cases
    inner join closed
        on named_cases.about_key = closed.about_key

)

select
    united.record_id,
    coalesce(united.about_key, united.record_id) as group_id,
    united.ended_by,
    united.ended_date,
    endings.basis
from united
inner join endings
    on united.ended_by = endings.ended_by
