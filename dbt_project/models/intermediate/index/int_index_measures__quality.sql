-- One row per period and leaf that judges the collection of the data, for the city: C06 deliveries
-- on time and subjects covered, C09 wrong or doubled codes, C10 those corrected.
with

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

),

measures as (

    select
        period,
        '150100' as area_code,
        indicator_code,
        cast(round(numerator, 6) as decimal(18, 6)) as numerator,
        cast(denominator as decimal(18, 6)) as denominator
    from measured

)

select * from measures
