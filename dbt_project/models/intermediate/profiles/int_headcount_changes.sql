-- One row per subject with a head count in the last months: the latest one, and the share by which
-- it changed against twelve months before; null where that month is not there or counted nobody.
with

headcounts as (

    select * from {{ ref('int_headcount_months') }}

),

latest as (

    select
        subject_id,
        max(period_month) as period_month
    from headcounts
    group by subject_id

),

compared as (

    select
        latest.subject_id,
        recent.insured_headcount as headcount_now,
        earlier.insured_headcount as headcount_before
    from latest
    inner join headcounts as recent
        on latest.subject_id = recent.subject_id
        and latest.period_month = recent.period_month
    left join headcounts as earlier
        on latest.subject_id = earlier.subject_id
        and earlier.period_month = latest.period_month - interval '12' month

),

changes as (

    select
        subject_id,
        cast(headcount_now as bigint) as insured_headcount,
        case
            when headcount_before > 0 then round(
                cast(headcount_now - headcount_before as double) / headcount_before, 6
            )
        end as headcount_change
    from compared

)

select * from changes
