-- One row per subject with a head count: the share by which it changed against twelve months
-- before the latest one; null where there is no such month or it counted nobody.
with

headcounts as (

    select * from {{ ref('stg_social_security__headcounts') }}

),

links as (

    select * from {{ ref('int_identity_links') }}

),

by_month as (

    select
        links.subject_id,
        headcounts.period_month as month_start,
        sum(headcounts.insured_headcount) as insured_headcount
    from headcounts
    inner join links
        on headcounts.identity_key = links.identity_key
    where links.subject_id is not null
    group by links.subject_id, headcounts.period_month

),

latest as (

    select
        subject_id,
        max(month_start) as month_start
    from by_month
    group by subject_id

),

compared as (

    select
        latest.subject_id,
        now.insured_headcount as headcount_now,
        before.insured_headcount as headcount_before
    from latest
    inner join by_month as now
        on latest.subject_id = now.subject_id
        and latest.month_start = now.month_start
    left join by_month as before
        on latest.subject_id = before.subject_id
        and before.month_start = latest.month_start - interval '12' month

),

changes as (

    select
        subject_id,
        cast(headcount_now as bigint) as insured_headcount,
        case
            when headcount_before > 0
                then round(cast(headcount_now - headcount_before as double) / headcount_before, 6)
        end as headcount_change
    from compared

)

select * from changes
