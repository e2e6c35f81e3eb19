-- One row per period: rows of the register judged in its window, those with a wrong code (check
-- character) or one code for different content (重错码), and those of them that a later delivery
-- corrected.
with

batches as (

    select * from {{ ref('stg_ops__batches') }}

),

quarantined as (

    select * from {{ ref('stg_quarantine__rows') }}

),

periods as (

    select * from {{ ref('int_index_periods') }}

),

judged_by_month as (

    select
        cast(date_trunc('month', delivered_date) as date) as month_start,
        sum(rows_landed - rows_refused) as judged
    from batches
    where feed = 'registration'
        and dataset = 'subjects'
    group by 1

),

faults as (

    select
        quarantined.delivered_date,
        -- a correction that came after as_of is none yet
        quarantined.state = 'corrected' and corrections.batch_id is not null as is_corrected
    from quarantined
    left join batches as corrections
        on quarantined.feed = corrections.feed
        and quarantined.dataset = corrections.dataset
        and quarantined.state_batch_id = corrections.batch_id
    where quarantined.feed = 'registration'
        and quarantined.dataset = 'subjects'
        and (
            quarantined.failed_rules like '%.check_digit.%'
            or quarantined.failed_rules like '%.key_conflict%'
        )

),

faults_by_month as (

    select
        cast(date_trunc('month', delivered_date) as date) as month_start,
        count(*) as found,
        sum(case when is_corrected then 1 else 0 end) as corrected
    from faults
    group by 1

),

by_period as (

    select
        periods.period,
        cast(coalesce(sum(judged_by_month.judged), 0) as bigint) as judged,
        cast(coalesce(sum(faults_by_month.found), 0) as bigint) as found,
        cast(coalesce(sum(faults_by_month.corrected), 0) as bigint) as corrected
    from periods
    left join judged_by_month
        on judged_by_month.month_start between periods.window_start and periods.month_start
    left join faults_by_month
        on judged_by_month.month_start = faults_by_month.month_start
    group by periods.period

),

judged_periods as (

    -- a period in which nothing was judged has no rate
    select * from by_period
    where judged > 0

)

select * from judged_periods
