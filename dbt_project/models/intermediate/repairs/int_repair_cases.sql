-- One row per application for repair in its current version: whose it is, the document it is about,
-- and how far it has come.
with

cases as (

    select * from {{ ref('stg_repair__cases') }}

),

links as (

    select * from {{ ref('int_identity_links') }}

),

current_cases as (

    {{ current_version('cases') }}

)

select
    current_cases.record_key as case_id,
    current_cases.case_no,
    links.subject_id,
    current_cases.breach_type,
    current_cases.authority,
    current_cases.document_no,
    -- one document however its brackets and blanks are written
    {{ name_key('current_cases.document_no') }} as document_key,
    {{ name_key('current_cases.authority') }} as authority_key,
    current_cases.channel,
    current_cases.applied_date,
    current_cases.accepted_date,
    current_cases.closed_date,
    current_cases.is_accepted,
    current_cases.is_granted,
    current_cases.batch_id,
    current_cases.source_sha256,
    current_cases.source_row
from current_cases
inner join links
    on current_cases.identity_key = links.identity_key
