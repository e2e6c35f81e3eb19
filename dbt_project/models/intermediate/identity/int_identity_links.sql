-- One row per identity key: the subject it names and by which evidence, or why none. Nothing is
-- guessed: evidence that fits several subjects decides nothing.
with

keys as (

    select * from {{ ref('int_identity_keys') }}

),

subjects as (

    select * from {{ ref('int_subjects') }}

),

candidates as (

    select * from {{ ref('int_identity_candidates') }}

),

ladder as (

    select
        identity_key,
        max(case when match_method = 'org_code' and subjects = 1 then subject_id end)
            as by_org_code,
        max(case when match_method = 'registration_no' and subjects = 1 then subject_id end)
            as by_registration_no,
        max(case when match_method = 'name_district' and subjects = 1 then subject_id end)
            as by_name,
        max(subjects) as most_subjects
    from candidates
    group by identity_key

),

linked as (

    select
        keys.identity_key,
        coalesce(
            subjects.subject_id, ladder.by_org_code, ladder.by_registration_no, ladder.by_name
        ) as subject_id,
        case
            when subjects.subject_id is not null then 'uscc'
            when ladder.by_org_code is not null then 'org_code'
            when ladder.by_registration_no is not null then 'registration_no'
            when ladder.by_name is not null then 'name_district'
        end as match_method,
        case
            when ladder.most_subjects > 1 then 'several_subjects'
            when keys.uscc is not null or keys.org_code is not null then 'code_not_registered'
            when keys.registration_no is not null then 'registration_no_not_registered'
            when keys.name is not null then 'name_not_found_in_district'
            else 'no_identifier'
        end as reason
    from keys
    left join subjects
        on keys.uscc = subjects.uscc
    left join ladder
        on keys.identity_key = ladder.identity_key

)

select
    identity_key,
    subject_id,
    match_method,
    case when subject_id is null then reason end as unresolved_reason
from linked
