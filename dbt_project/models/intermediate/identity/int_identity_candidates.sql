-- One row per identity key that no uniform code resolves and kind of evidence that names exactly
-- one subject.
with

keys as (

    select * from {{ ref('int_identity_keys') }}

),

subjects as (

    select * from {{ ref('int_subjects') }}

),

authorities as (

    select * from {{ ref('int_authority_areas') }}

),

unmatched as (

    select
        keys.*,
        authorities.district_code
    from keys
    left join subjects
        on keys.uscc = subjects.uscc
    left join authorities
        on keys.authority = authorities.authority
    where subjects.uscc is null

),

by_org_code as (

    select unmatched.identity_key, 'org_code' as match_method, subjects.subject_id
    from unmatched
    inner join subjects
        on unmatched.org_code = subjects.org_code

),

by_registration_no as (

    select unmatched.identity_key, 'registration_no' as match_method, subjects.subject_id
    from unmatched
    inner join subjects
        on unmatched.registration_no = subjects.registration_no

),

by_name as (

    -- a row with a code of its own is about that code's owner, whatever the name says
    select unmatched.identity_key, 'name_district' as match_method, subjects.subject_id
    from unmatched
    inner join subjects
        on unmatched.name_key = subjects.name_key
        and unmatched.district_code = subjects.district_code
    where unmatched.org_code is null
        and (unmatched.registration_no is null or subjects.registration_no is null)

),

united as (

    select * from by_org_code
    union all
    select * from by_registration_no
    union all
    select * from by_name

)

select
    identity_key,
    match_method,
    min(subject_id) as subject_id,
    count(distinct subject_id) as subjects
from united
group by identity_key, match_method
