-- One row per period, area and topic: how many active subjects are in it. For serious_list and
-- authorised those on the list, or authorised, when the period ends; for the other topics those
-- with a record in the window.
with

subject_months as (

    select * from {{ ref('int_index_subject_months') }}

),

stocks as (

    select * from {{ ref('int_index_stocks') }}

),

periods as (

    select * from {{ ref('int_index_periods') }}

),

areas as (

    select * from {{ ref('ref_index_areas') }}

),

grouped_months as (

    select topic, district_code, month_start, next_month_start, count(*) as subjects
    from subject_months
    group by topic, district_code, month_start, next_month_start

),

in_window as (

    select
        periods.period,
        grouped_months.topic,
        grouped_months.district_code,
        sum(grouped_months.subjects) as subjects
    from periods
    inner join grouped_months
        on grouped_months.month_start between periods.window_start and periods.month_start
        and (
            grouped_months.next_month_start is null
            or grouped_months.next_month_start > periods.month_start
        )
    group by periods.period, grouped_months.topic, grouped_months.district_code

),

counted as (

    select period, topic, district_code, subjects from in_window
    union all
    select period, topic, district_code, subjects from stocks

),

topics as (

    select 'any' as topic
    union all
    select 'honoured' as topic
    union all
    select 'adverse' as topic
    union all
    select 'serious_list' as topic
    union all
    select 'authorised' as topic
    union all
    select 'committed' as topic
    union all
    select 'approval_committed' as topic

),

by_area as (

    select
        periods.period,
        areas.area_code,
        topics.topic,
        cast(coalesce(sum(counted.subjects), 0) as bigint) as subjects
    from periods
    cross join areas
    cross join topics
    left join counted
        on periods.period = counted.period
        and topics.topic = counted.topic
        and (areas.is_city or areas.area_code = counted.district_code)
    group by periods.period, areas.area_code, topics.topic

)

select * from by_area
