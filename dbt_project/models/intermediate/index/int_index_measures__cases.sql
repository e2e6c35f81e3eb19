-- One row per period and leaf about repair and objections, for the city: C34 applications made
-- online, C35 working days to a granted repair, C36 objections per record that may be shown, C37
-- working days to the answer of an objection.
with

cases as (

    select * from {{ ref('int_counted_cases') }}

),

steps as (

    select * from {{ ref('int_case_steps') }}

),

counted as (

    select * from {{ ref('int_index_record_counts') }}

),

areas as (

    select * from {{ ref('ref_index_areas') }}

),

periods as (

    select * from {{ ref('int_index_periods') }}

),

applied as (

    select
        periods.period,
        sum(case when cases.case_type = 'repair' then 1 else 0 end) as repairs,
        sum(case when cases.channel = '线上' then 1 else 0 end) as online_repairs,
        sum(case when cases.case_type = 'objection' then 1 else 0 end) as objections
    from periods
    left join cases
        on cases.applied_date between periods.window_start and periods.end_date
    group by periods.period

),

closed as (

    select
        periods.period,
        sum(case when cases.outcome = 'granted' then steps.days_taken end) as repair_days,
        sum(case when cases.outcome = 'granted' then 1 else 0 end) as repairs,
        sum(case when cases.case_type = 'objection' then steps.days_taken end) as objection_days,
        sum(case when cases.case_type = 'objection' then 1 else 0 end) as objections
    from periods
    inner join cases
        on cases.closed_date between periods.window_start and periods.end_date
    inner join steps
        on cases.case_id = steps.case_id
        and steps.step = 'closed'
    where steps.days_taken is not null
    group by periods.period

),

measured as (

    select
        period, 'C34' as indicator_code, online_repairs as numerator, repairs as denominator
    from applied

    union all

    select period, 'C35' as indicator_code, repair_days as numerator, repairs as denominator
    from closed

    union all

    select
        applied.period,
        'C36' as indicator_code,
        applied.objections as numerator,
        counted.records as denominator
    from applied
    inner join counted
        on applied.period = counted.period
    inner join areas
        on counted.area_code = areas.area_code
        and areas.is_city

    union all

    select period, 'C37' as indicator_code, objection_days as numerator, objections as denominator
    from closed

),

measures as (

    select
        measured.period,
        areas.area_code,
        measured.indicator_code,
        cast(measured.numerator as decimal(18, 6)) as numerator,
        cast(measured.denominator as decimal(18, 6)) as denominator
    from measured
    inner join areas
        on areas.is_city

)

select * from measures
