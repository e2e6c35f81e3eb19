-- One row per edition, period, area and leaf of the index: its value, and the points it earns.
with

indicators as (

    select * from {{ ref('ref_index_indicators') }}

),

measures as (

    select * from {{ ref('ref_index_measures') }}

),

measured as (

    select * from {{ ref('int_index_measures') }}

),

periods as (

    select * from {{ ref('int_index_periods') }}

),

areas as (

    select * from {{ ref('ref_index_areas') }}

),

leaves as (

    select
        indicators.spec_version,
        periods.period,
        areas.area_code,
        indicators.indicator_code,
        indicators.points_max,
        measures.method,
        measures.benchmark,
        measured.numerator,
        measured.denominator,
        cast(measured.numerator as double) * cast(measures.scale as double)
            / cast(measured.denominator as double) as value
    from indicators
    inner join measures
        on indicators.spec_version = measures.spec_version
        and indicators.indicator_code = measures.indicator_code
    cross join periods
    cross join areas
    left join measured
        on indicators.spec_version = measured.spec_version
        and indicators.indicator_code = measured.indicator_code
        and periods.period = measured.period
        and areas.area_code = measured.area_code
        and measures.method <> 'unavailable'

),

shares as (

    select
        *,
        case method
            when 'direct' then value
            when 'benchmark' then value / cast(benchmark as double)
            when 'cap' then 1 - value / cast(benchmark as double)
            when 'all_or_nothing' then case when numerator < denominator then 0 else value end
        end as share
    from leaves

),

leaf_points as (

    select
        spec_version,
        period,
        area_code,
        indicator_code,
        cast(points_max as decimal(18, 6)) as points_max,
        case
            when share is null then cast(0 as decimal(18, 6))
            else cast(
                round(cast(points_max as double) * greatest(0, least(1, share)), 6)
                as decimal(18, 6)
            )
        end as points,
        numerator,
        denominator,
        round(value, 8) as value,
        case when share is null then 'unavailable' else 'computed' end as source_mode
    from shares

)

select * from leaf_points
