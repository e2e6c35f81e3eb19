-- Interface, invariant 3: at every level of the index the children's points and full points are
-- their parent's, and points lie between nothing and full points.
with

indicators as (

    select * from {{ ref('mart_city_credit_index') }}

),

children as (

    select
        period,
        area_code,
        spec_version,
        parent_code,
        sum(points) as points,
        sum(points_max) as points_max
    from indicators
    where parent_code is not null
    group by period, area_code, spec_version, parent_code

),

wrong as (

    select
        indicators.period,
        indicators.area_code,
        indicators.spec_version,
        indicators.indicator_code
    from indicators
    left join children
        on indicators.period = children.period
        and indicators.area_code = children.area_code
        and indicators.spec_version = children.spec_version
        and indicators.indicator_code = children.parent_code
    where indicators.points < 0
        or indicators.points > indicators.points_max
        or indicators.points <> children.points
        or indicators.points_max <> children.points_max

)

select * from wrong
