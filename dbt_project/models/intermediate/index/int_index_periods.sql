-- One row per period of the index: the twelve months that end with as_of's month, each with its
-- window of twelve months.
with

business_day as (

    select {{ as_of() }} as as_of

),

offsets as (

    select numbers.months_back
    from (
        values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11)
    ) as numbers (months_back)

),

months as (

    select
        business_day.as_of,
        cast(
            date_trunc('month', business_day.as_of) - offsets.months_back * interval '1' month
            as date
        ) as month_start
    from business_day
    cross join offsets

),

periods as (

    select
        substring(cast(month_start as string), 1, 7) as period,
        cast(month_start - interval '11' month as date) as window_start,
        month_start,
        -- the running month ends, for the index, with as_of
        least(cast(month_start + interval '1' month - interval '1' day as date), as_of) as end_date
    from months

)

select * from periods
