-- One row per identity key with a code or number of the register: the subject by the first of four
-- that names exactly one. A code whose owner has neither the name nor the person is in doubt.
with

keys as (

    select * from {{ ref('int_identity_keys') }}

),

registered as (

    select * from {{ ref('int_registered_subjects') }}

),

merged as (

    select * from {{ ref('int_subject_merges') }}

),

verdicts as (

    select * from {{ ref('int_identity_verdicts') }}

),

subjects as (

    -- the codes of a subject that was merged are those of the one that stays
    select
        registered.uscc,
        registered.org_code,
        registered.registration_no,
        coalesce(merged.merged_into, registered.subject_id) as subject_id
    from registered
    left join merged
        on registered.subject_id = merged.subject_id

),

org_codes as (

    select org_code, min(subject_id) as subject_id
    from subjects
    group by org_code
    having count(distinct subject_id) = 1

),

registration_nos as (

    select registration_no, min(subject_id) as subject_id
    from subjects
    where registration_no is not null
    group by registration_no
    having count(distinct subject_id) = 1

),

matched as (

    select
        keys.identity_key,
        keys.name_key,
        keys.representative,
        keys.address,
        coalesce(subjects.subject_id, org_codes.subject_id, registration_nos.subject_id)
            as subject_id,
        case
            when subjects.subject_id is not null then 'uscc'
            when org_codes.subject_id is not null then 'org_code'
            when registration_nos.subject_id is not null then 'registration_no'
        end as match_method
    from keys
    left join subjects
        on keys.uscc = subjects.uscc
    left join org_codes
        on keys.org_code = org_codes.org_code
    left join registration_nos
        on keys.registration_no = registration_nos.registration_no

)

select
    matched.identity_key,
    matched.name_key,
    matched.representative,
    matched.address,
    matched.subject_id,
    matched.match_method
from matched
left join verdicts
    on matched.identity_key = verdicts.identity_key
    and matched.subject_id = verdicts.subject_id
    and verdicts.is_ruled_out
where matched.subject_id is not null
    and verdicts.identity_key is null
