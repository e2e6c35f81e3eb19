-- One row per record that can be repaired or objected to: dishonest information of a known subject,
-- by the document that made it.
with

records as (

    select * from {{ ref('int_resolved_records') }}

),

record_types as (

    select * from {{ ref('ref_record_types') }}

)

select
    records.record_id,
    records.subject_id,
    record_types.breach_type,
    {{ name_key('records.document_no') }} as document_key,
    {{ name_key('records.authority') }} as authority_key
from records
inner join record_types
    on records.record_type = record_types.record_type
where record_types.breach_type is not null
    and records.document_no is not null
    and records.subject_id is not null
