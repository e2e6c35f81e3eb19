-- One row per period and leaf that judges the data themselves, for the city: C03 the quality of permits and
-- penalties, C06 deliveries on time and subjects covered, C09 wrong or doubled codes, C10 those corrected.
with

agency_months as (

    select * from {{ ref('int_agency_months') }}

),

code_faults as (

    select * from {{ ref('int_index_code_faults') }}

),

deliveries as (

    select * from {{ ref('int_index_deliveries') }}

),

counts as (

    select * from {{ ref('int_index_subject_counts') }}

),

populations as (

    select * from {{ ref('int_index_populations') }}

),

periods as (

    select * from {{ ref('int_index_periods') }}

),

publicity as (

    select
        periods.period,
        sum(agency_months.records) as records,
        sum(agency_months.quarantined_records) as quarantined_records,
        sum(agency_months.late_records) as late_records,
        sum(agency_months.judged_records) as judged_records
    from periods
    inner join agency_months
        on agency_months.month_start between periods.window_start and periods.month_start
    where agency_months.feed in ('licensing', 'penalty')
    group by periods.period

),

coverage as (

    select
        counts.period,
        (
            cast(deliveries.on_time as double) / nullif(deliveries.due, 0)
            + cast(counts.subjects as double) / nullif(populations.active_subjects, 0)
        ) / 2 as share
    from counts
    inner join populations
        on counts.period = populations.period
        and counts.area_code = populations.area_code
    inner join deliveries
        on counts.period = deliveries.period
    where counts.topic = 'any'
        and counts.area_code = '150100'

),

measured as (

    select
        period,
        'C03' as indicator_code,
        -- lateness that nobody could judge does not count against the quality
        cast(records as double) * (
            1 - case when judged_records = 0 then 0 else cast(late_records as double) / judged_records end
        ) as numerator,
        records + quarantined_records as denominator
    from publicity

    union all

    select period, 'C06' as indicator_code, share as numerator, 1 as denominator
    from coverage

    union all

    select period, 'C09' as indicator_code, found as numerator, judged as denominator
    from code_faults

    union all

    select
        period,
        'C10' as indicator_code,
        case when found = 0 then 1 else corrected end as numerator,
        case when found = 0 then 1 else found end as denominator
    from code_faults

)

select
    period,
    '150100' as area_code,
    indicator_code,
    cast(round(numerator, 6) as decimal(18, 6)) as numerator,
    cast(denominator as decimal(18, 6)) as denominator
from measured
