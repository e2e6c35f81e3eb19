-- Interface, invariant 4: no row of the loan marts is about a subject without an authorisation that
-- is valid at as_of.
with

authorizations as (

    select * from {{ ref('int_loan_authorizations') }}

),

scores as (

    select * from {{ ref('mart_loan_scores') }}

),

points as (

    select * from {{ ref('mart_loan_score_points') }}

),

judged as (

    select subject_id from scores
    union
    select subject_id from points

),

valid as (

    select distinct subject_id
    from authorizations
    where authorized_date <= {{ as_of() }}
        and valid_until >= {{ as_of() }}

),

unauthorised as (

    select judged.subject_id
    from judged
    left join valid
        on judged.subject_id = valid.subject_id
    where valid.subject_id is null

)

select * from unauthorised
