-- One row per decision that merges two registered subjects: since when it is reversed, and which of
-- the standing ones of a subject came first.
with

decisions as (

    select * from {{ ref('int_identity_decisions') }}

),

merged as (

    select * from decisions
    where decision_kind = '合并'
        and subject_id <> surviving_subject_id

),

reversals as (

    select merged.decision_no, min(later.decided_date) as reversed_date
    from merged
    inner join decisions as later
        on merged.subject_id = later.subject_id
        and merged.surviving_subject_id = later.surviving_subject_id
        and later.decision_order > merged.decision_order
    where later.decision_kind = '撤销合并'
        and later.withdrawn_date is null
    group by merged.decision_no

),

ended as (

    select
        merged.*,
        case
            when reversals.reversed_date is null then merged.withdrawn_date
            when merged.withdrawn_date < reversals.reversed_date then merged.withdrawn_date
            else reversals.reversed_date
        end as reversed_date
    from merged
    left join reversals
        on merged.decision_no = reversals.decision_no

)

select
    decision_no,
    subject_id,
    surviving_subject_id,
    decision_basis,
    decided_date,
    reversed_date,
    decision_order,
    row_number() over (
        partition by subject_id, reversed_date is null order by decision_order asc
    ) as place
from ended
