-- One row per case and record it is about: the same kind of record, document, authority and
-- subject. A decision that was reported in two rows is meant in both.
with

cases as (

    select * from {{ ref('int_cases') }}

),

records as (

    select * from {{ ref('int_contestable_records') }}

)

select
    records.record_id,
    cases.case_id,
    cases.case_type,
    cases.applied_date,
    cases.accepted_date,
    cases.closed_date,
    cases.is_accepted,
    cases.outcome
from cases
inner join records
    on cases.breach_type = records.breach_type
    and cases.document_key = records.document_key
    and cases.authority_key = records.authority_key
    and cases.subject_id = records.subject_id
