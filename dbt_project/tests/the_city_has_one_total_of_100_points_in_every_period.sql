-- Interface, invariant 3: twelve periods, each with one total of the city that has 100 points.
with

indicators as (

    select * from {{ ref('mart_city_credit_index') }}

),

periods as (

    select * from {{ ref('int_index_periods') }}

),

totals as (

    select
        period,
        count(*) as totals,
        max(points_max) as points_max
    from indicators
    where level = 0
        and area_code = '150100'
    group by period, spec_version

),

wrong as (

    select periods.period
    from periods
    left join totals
        on periods.period = totals.period
    where totals.period is null
        or totals.totals <> 1
        or totals.points_max <> 100

)

select * from wrong
