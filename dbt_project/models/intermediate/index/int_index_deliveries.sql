-- One row per period: how many monthly deliveries were due in its window, and how many came in
-- their month. A dataset is due from the month of its first delivery on.
with

batches as (

    select * from {{ ref('stg_ops__batches') }}

),

monthly as (

    select * from {{ ref('ref_index_deliveries') }}

),

received as (

    select * from {{ ref('int_datasets_received') }}

),

periods as (

    select * from {{ ref('int_index_periods') }}

),

delivered as (

    select distinct
        feed,
        dataset,
        cast(date_trunc('month', delivered_date) as date) as month_start
    from batches
    where rows_validated > 0

),

months as (

    -- every month of every window: eleven before the first period, then the periods themselves
    select distinct
        cast(periods.month_start - numbers.months_back * interval '1' month as date) as month_start
    from periods
    cross join (
        values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11)
    ) as numbers (months_back)

),

due as (

    select
        monthly.feed,
        monthly.dataset,
        months.month_start
    from monthly
    inner join received
        on monthly.feed = received.feed
        and monthly.dataset = received.dataset
    inner join months
        on months.month_start >= received.first_month_start

),

by_period as (

    select
        periods.period,
        count(due.dataset) as due,
        count(delivered.dataset) as on_time
    from periods
    left join due
        on due.month_start between periods.window_start and periods.month_start
    left join delivered
        on due.feed = delivered.feed
        and due.dataset = delivered.dataset
        and due.month_start = delivered.month_start
    group by periods.period

)

select * from by_period
