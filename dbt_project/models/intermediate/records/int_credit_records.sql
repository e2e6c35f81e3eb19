-- One row per record whose subject is known. is_visible: may be shown at as_of, and only such a
-- record is released.
with

records as (

    select * from {{ ref('int_resolved_records') }}

),

subjects as (

    select * from {{ ref('int_subjects') }}

),

record_types as (

    select * from {{ ref('ref_record_types') }}

),

endings as (

    select * from {{ ref('int_case_endings') }}

),

objected as (

    select * from {{ ref('int_objected_records') }}

),

judged as (

    select
        records.record_id,
        records.subject_id,
        records.feed,
        records.dataset,
        records.record_type,
        records.polarity,
        records.severity,
        records.occurred_date,
        records.amount_yuan,
        records.confiscated_yuan,
        records.authority,
        records.document_no,
        records.visible_until,
        coalesce(records.legal_basis, record_types.basis) as legal_basis,
        records.match_method,
        records.is_latest_statement,
        records.overdue_months,
        record_types.is_serious_list,
        not subjects.is_active
        and coalesce(records.occurred_date > subjects.approved_date, false)
            as is_after_deregistration,
        objected.record_id is not null as is_objected,
        records.is_published
        and not records.is_ended
        and endings.record_id is null
        and coalesce(records.occurred_date <= {{ as_of() }}, false)
        and coalesce(records.visible_until >= {{ as_of() }}, true) as is_visible,
        records.batch_id,
        records.source_sha256,
        records.source_row
    from records
    inner join subjects
        on records.subject_id = subjects.subject_id
    inner join record_types
        on records.record_type = record_types.record_type
    left join endings
        on records.record_id = endings.record_id
    left join objected
        on records.record_id = objected.record_id

)

select * from judged
