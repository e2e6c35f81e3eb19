-- One row per case and step, accepted and closed: the working days from the application to it, or
-- to as_of while it is open, against the limit of its day. Null where the calendar ends, and where
-- there was no limit.
with

cases as (

    select * from {{ ref('int_counted_cases') }}

),

limits as (

    select * from {{ ref('ref_case_limits') }}

),

working_days as (

    select * from {{ ref('int_working_days') }}

),

steps as (

    select case_id, case_type, 'accepted' as step, applied_date, accepted_date as done_date
    from cases
    union all
    select case_id, case_type, 'closed' as step, applied_date, closed_date as done_date
    from cases

),

limited as (

    select
        steps.case_id,
        steps.step,
        limits.working_days as limit_days,
        row_number() over (
            partition by steps.case_id, steps.step order by limits.valid_from desc
        ) as place
    from steps
    inner join limits
        on steps.case_type = limits.case_type
        and steps.step = limits.step
        and steps.applied_date >= limits.valid_from

),

timed as (

    select
        steps.case_id,
        steps.case_type,
        steps.step,
        steps.applied_date,
        steps.done_date,
        ended.working_days - began.working_days as days_taken,
        limited.limit_days
    from steps
    left join limited
        on steps.case_id = limited.case_id
        and steps.step = limited.step
        and limited.place = 1
    left join working_days as began
        on steps.applied_date = began.day
    left join working_days as ended
        on coalesce(steps.done_date, {{ as_of() }}) = ended.day

)

select
    case_id,
    case_type,
    step,
    applied_date,
    done_date,
    days_taken,
    limit_days,
    days_taken > limit_days as is_late
from timed
