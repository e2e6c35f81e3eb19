-- One row per case that is about no known record: kept with the reason, it changes nothing. Its
-- record is looked for again with every build.
with

cases as (

    select * from {{ ref('int_cases') }}

),

matches as (

    select distinct case_id from {{ ref('int_case_matches') }}

),

documents as (

    select
        breach_type,
        document_key,
        authority_key
    from {{ ref('int_contestable_records') }}

),

by_document as (

    select distinct breach_type, document_key
    from documents

),

by_authority as (

    select distinct breach_type, document_key, authority_key
    from documents

),

unmatched as (

    select
        cases.case_id,
        cases.case_type,
        cases.case_no,
        cases.subject_id,
        cases.breach_type,
        cases.authority,
        cases.document_no,
        case
            when cases.subject_id is null then 'subject_not_found'
            when cases.document_no is null then 'no_document_no'
            when by_document.document_key is null then 'document_not_found'
            when by_authority.document_key is null then 'other_authority'
            else 'other_subject'
        end as unmatched_reason,
        cases.batch_id,
        cases.source_sha256,
        cases.source_row
    from cases
    left join matches
        on cases.case_id = matches.case_id
    left join by_document
        on cases.breach_type = by_document.breach_type
        and cases.document_key = by_document.document_key
    left join by_authority
        on cases.breach_type = by_authority.breach_type
        and cases.document_key = by_authority.document_key
        and cases.authority_key = by_authority.authority_key
    where matches.case_id is null

)

select * from unmatched
