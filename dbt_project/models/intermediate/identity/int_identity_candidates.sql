-- One row per open identity key and rung between codes and likelihood that names subjects for it,
-- with how many it names: only one is an answer.
with

asked as (

    select * from {{ ref('int_identity_asked') }}

),

known as (

    select * from {{ ref('int_identity_known') }}

),

subjects as (

    select * from {{ ref('int_subjects') }}

),

verdicts as (

    select * from {{ ref('int_identity_verdicts') }}

),

namesakes as (

    select
        asked.identity_key,
        subjects.subject_id,
        coalesce(asked.authority_district = subjects.district_code, false) as is_of_district,
        coalesce(asked.representative = known.representative, false)
        or coalesce(asked.house = known.house, false) as has_second,
        count(*) over (partition by asked.identity_key) as subjects_of_name
    from asked
    inner join known
        on asked.name_key = known.name_key
    inner join subjects
        on known.subject_id = subjects.subject_id
    -- a number of its own that is another one than the subject's: about somebody else
    where asked.claimed_subject_id is null
        and (asked.registration_no is null or subjects.registration_no is null)

),

damaged as (

    -- the name is the subject's, and the code is not its own but nearly
    select
        asked.identity_key,
        asked.uscc as asked_uscc,
        subjects.uscc,
        subjects.subject_id
    from asked
    inner join known
        on asked.core = known.core
    inner join subjects
        on known.subject_id = subjects.subject_id
    where asked.claimed_subject_id is null
        and asked.uscc is not null

),

{{ shared_beginnings('damaged', 'asked_uscc', 'uscc') }},

by_damaged_code as (

    select
        identity_key,
        'damaged_code' as match_method,
        subject_id
    from beginnings
    where {{ is_one_error('asked_uscc', 'uscc') }}

),

by_name_in_district as (

    select identity_key, 'name_district' as match_method, subject_id
    from namesakes
    where is_of_district

),

by_name_and_second as (

    -- the name of one subject alone, and a person or a house that agrees
    select identity_key, 'name_second' as match_method, subject_id
    from namesakes
    where subjects_of_name = 1
        and has_second

),

united as (

    select * from by_damaged_code
    union all
    select * from by_name_in_district
    union all
    select * from by_name_and_second

)

select
    united.identity_key,
    united.match_method,
    min(united.subject_id) as subject_id,
    count(distinct united.subject_id) as subjects
from united
left join verdicts
    on united.identity_key = verdicts.identity_key
    and united.subject_id = verdicts.subject_id
    and verdicts.is_ruled_out
where verdicts.identity_key is null
group by united.identity_key, united.match_method
