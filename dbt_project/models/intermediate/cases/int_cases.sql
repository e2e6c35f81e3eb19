-- One row per application for repair and per objection in its current version: whose it is, the
-- document it is about, how far it has come.
with

repairs as (

    select * from {{ ref('stg_repair__cases') }}

),

objections as (

    select * from {{ ref('stg_objection__cases') }}

),

links as (

    select * from {{ ref('int_identity_links') }}

),

current_repairs as (

    {{ current_version('repairs') }}

),

current_objections as (

    {{ current_version('objections') }}

),

united as (

    select
        'repair' as case_type,
        record_key, identity_key, case_no, breach_type, authority, document_no,
        cast(null as varchar) as objection_type,
        channel,
        applied_date,
        accepted_date,
        -- what is not taken up is closed by that
        coalesce(closed_date, case when not is_accepted then accepted_date end) as closed_date,
        is_accepted,
        case
            when is_granted then 'granted'
            when not is_granted then 'rejected'
            when not is_accepted then 'refused'
        end as outcome,
        batch_id, source_sha256, source_row
    from current_repairs

    union all

    select
        'objection' as case_type,
        record_key, identity_key, case_no, breach_type, authority, document_no,
        objection_type,
        cast(null as varchar) as channel,
        raised_date as applied_date,
        accepted_date,
        closed_date,
        case when accepted_date is not null then true end as is_accepted,
        outcome,
        batch_id, source_sha256, source_row
    from current_objections

)

select
    -- an application and an objection may bear the same number
    concat(united.case_type, '-', united.record_key) as case_id,
    md5(concat(united.case_type, '|cases|', united.record_key)) as record_id,
    united.case_type,
    united.case_no,
    links.subject_id,
    united.breach_type,
    united.authority,
    united.document_no,
    -- one document however its brackets and blanks are written
    {{ name_key('united.document_no') }} as document_key,
    {{ name_key('united.authority') }} as authority_key,
    united.objection_type,
    united.channel,
    united.applied_date,
    united.accepted_date,
    united.closed_date,
    united.is_accepted,
    united.outcome,
    united.batch_id,
    united.source_sha256,
    united.source_row
from united
inner join links
    on united.identity_key = links.identity_key
