-- One row per decision of people, in its last wording: whom it names, in which order it was made,
-- and since when it is withdrawn.
with

decisions as (

    select * from {{ ref('stg_identity__decisions') }}

),

registered as (

    select * from {{ ref('int_registered_subjects') }}

),

named as (

    select uscc as called, subject_id from registered
    union all
    select upper(subject_id) as called, subject_id from registered

),

ranked as (

    select
        *,
        row_number() over (partition by record_key order by version_no desc) as place,
        row_number() over (partition by record_key, is_withdrawn order by version_no desc)
            as place_of_kind
    from decisions

),

withdrawals as (

    select record_key, coalesce(provided_date, delivered_date) as withdrawn_date
    from ranked
    where is_withdrawn
        and place = 1

),

wordings as (

    select * from ranked
    where not is_withdrawn
        and place_of_kind = 1

)

select
    wordings.decision_no,
    wordings.decision_kind,
    wordings.decided_key as identity_key,
    subjects.subject_id,
    survivors.subject_id as surviving_subject_id,
    wordings.decision_basis,
    wordings.decided_by,
    wordings.decided_date,
    withdrawals.withdrawn_date,
    -- of one day by number
    row_number() over (order by wordings.decided_date asc, wordings.decision_no asc)
        as decision_order
from wordings
left join withdrawals
    on wordings.record_key = withdrawals.record_key
left join named as subjects
    on wordings.uscc = subjects.called
left join named as survivors
    on wordings.surviving_subject = survivors.called
