-- One row per credit record that may be shown at as_of.
with

records as (

    select * from {{ ref('int_credit_records') }}

),

released as (

    select
        record_id,
        subject_id,
        feed,
        dataset,
        record_type,
        cast(polarity as bigint) as polarity,
        severity,
        occurred_date,
        cast(amount_yuan as decimal(18, 2)) as amount_yuan,
        cast(confiscated_yuan as decimal(18, 2)) as confiscated_yuan,
        authority,
        document_no,
        visible_until,
        legal_basis,
        match_method,
        is_after_deregistration,
        is_objected,
        batch_id,
        source_sha256,
        cast(source_row as bigint) as source_row
    from records
    where is_visible

)

select * from released
