-- One row per registered subject that is merged into another one: the subject that stays at the end
-- of all merges, and the decision.
with

merged as (

    select * from {{ ref('int_merge_decisions') }}

),

circles as (

    select * from {{ ref('int_merge_circles') }}

),

edges as (

    select
        merged.decision_no,
        merged.decision_order,
        merged.subject_id,
        merged.surviving_subject_id as merged_into,
        merged.decision_order as latest_order
    from merged
    left join circles
        on merged.decision_no = circles.decision_no
    where merged.reversed_date is null
        and merged.place = 1
        and circles.decision_no is null

),

{{ walked('edges') }}

select
    subject_id,
    merged_into,
    decision_no
from walked
