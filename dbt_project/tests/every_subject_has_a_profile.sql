-- Interface, invariant 2: every subject has exactly the row of a profile.
with

subjects as (

    select * from {{ ref('mart_subjects') }}

),

profiles as (

    select * from {{ ref('mart_subject_profiles') }}

),

without_profile as (

    select subjects.subject_id
    from subjects
    left join profiles
        on subjects.subject_id = profiles.subject_id
    where profiles.subject_id is null

)

select * from without_profile
