-- One row per period and area: how many subjects were established by its end and are active at
-- as_of, and how many of them have been graded. The register keeps no history of states: the
-- state at as_of counts.
with

subjects as (

    select * from {{ ref('int_subjects') }}

),

profiles as (

    select * from {{ ref('int_subject_facts') }}

),

periods as (

    select * from {{ ref('int_index_periods') }}

),

areas as (

    select * from {{ ref('ref_index_areas') }}

),

by_month as (

    select
        subjects.district_code,
        -- a subject without a date of establishment counts in every period
        coalesce(
            cast(date_trunc('month', subjects.established_date) as date),
            cast('1900-01-01' as date)
        ) as month_start,
        count(*) as active_subjects,
        sum(case when profiles.evaluation_grade is not null then 1 else 0 end) as graded_subjects
    from subjects
    left join profiles
        on subjects.subject_id = profiles.subject_id
    where subjects.is_active
    group by 1, 2

),

populations as (

    select
        periods.period,
        areas.area_code,
        coalesce(sum(by_month.active_subjects), 0) as active_subjects,
        coalesce(sum(by_month.graded_subjects), 0) as graded_subjects
    from periods
    cross join areas
    left join by_month
        on by_month.month_start <= periods.month_start
        and (areas.is_city or areas.area_code = by_month.district_code)
    group by periods.period, areas.area_code

),

counted as (

    select
        period,
        area_code,
        cast(active_subjects as bigint) as active_subjects,
        cast(graded_subjects as bigint) as graded_subjects
    from populations

)

select * from counted
