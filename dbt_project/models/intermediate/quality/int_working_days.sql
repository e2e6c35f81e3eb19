-- One row per day of the years that the calendar knows: how many working days there were up to and
-- including it. Days beyond have no row: what nobody has set yet is not counted.
with

calendar as (

    select * from {{ ref('ref_calendar') }}

),

digits as (

    select numbers.digit
    from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as numbers (digit)

),

offsets as (

    select
        thousands.digit * 1000 + hundreds.digit * 100 + tens.digit * 10 + ones.digit as days
    from digits as thousands
    cross join digits as hundreds
    cross join digits as tens
    cross join digits as ones

),

known as (

    select
        cast(date_trunc('year', min(date)) as date) as first_day,
        cast(date_trunc('year', max(date)) + interval '12' month as date) as end_day
    from calendar

),

days as (

    select
        -- 2018-01-01 was a Monday: the places 5 and 6 of a week are its weekend
        cast(cast('2018-01-01' as date) + days * interval '1' day as date) as day,
        days % 7 < 5 as is_weekday
    from offsets

),

judged as (

    select
        days.day,
        case when coalesce(calendar.is_working_day, days.is_weekday) then 1 else 0 end as worked
    from days
    inner join known
        on days.day >= known.first_day
        and days.day < known.end_day
    left join calendar
        on days.day = calendar.date

),

counted as (

    select
        day,
        worked = 1 as is_working_day,
        cast(sum(worked) over (order by day) as integer) as working_days
    from judged

)

select * from counted
