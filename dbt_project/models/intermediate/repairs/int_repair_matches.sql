-- One row per application for repair and record it is about: the same kind of record, document,
-- authority and subject. A decision that was reported in two rows is repaired in both.
with

cases as (

    select * from {{ ref('int_repair_cases') }}

),

records as (

    select * from {{ ref('int_repairable_records') }}

)

select
    records.record_id,
    cases.case_id,
    cases.applied_date,
    cases.accepted_date,
    cases.closed_date,
    cases.is_accepted,
    cases.is_granted
from cases
inner join records
    on cases.breach_type = records.breach_type
    and cases.document_key = records.document_key
    and cases.authority_key = records.authority_key
    and cases.subject_id = records.subject_id
