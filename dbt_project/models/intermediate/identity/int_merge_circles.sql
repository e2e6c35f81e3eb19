-- One row per standing merge that would close a circle: the last one of those that form it.
with

edges as (

    select
        decision_no,
        decision_order,
        subject_id,
        surviving_subject_id as merged_into,
        decision_order as latest_order
    from {{ ref('int_merge_decisions') }}
    where reversed_date is null
        and place = 1

),

{{ walked('edges') }},

-- who is still on its way after all steps walks in a circle, and has arrived on it
circling as (

    select distinct walked.merged_into as subject_id
    from walked
    inner join edges
        on walked.merged_into = edges.subject_id

)

select
    walked.decision_no,
    walked.subject_id
from walked
inner join circling
    on walked.subject_id = circling.subject_id
where walked.decision_order = walked.latest_order
