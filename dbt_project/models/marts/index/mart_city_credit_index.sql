-- One row per period, area, edition and indicator: twelve monthly issues of the city credit
-- index, from what may be shown at as_of, with every level of the tree; parents are sums of their
-- leaves.
with

leaf_points as (

    select * from {{ ref('int_index_leaf_points') }}

),

ancestors as (

    select * from {{ ref('int_index_ancestors') }}

),

indicators as (

    select * from {{ ref('ref_index_indicators') }}

),

summed as (

    select
        leaf_points.spec_version,
        leaf_points.period,
        leaf_points.area_code,
        ancestors.indicator_code,
        sum(leaf_points.points_max) as points_max,
        sum(leaf_points.points) as points,
        sum(
            case when leaf_points.source_mode = 'unavailable' then 0 else leaf_points.points_max end
        ) as points_available,
        max(leaf_points.numerator) as numerator,
        max(leaf_points.denominator) as denominator,
        max(leaf_points.value) as value,
        -- 'computed' sorts before 'unavailable': the parent is computed when any of its leaves is
        min(leaf_points.source_mode) as source_mode
    from leaf_points
    inner join ancestors
        on leaf_points.spec_version = ancestors.spec_version
        and leaf_points.indicator_code = ancestors.leaf_code
    group by
        leaf_points.spec_version,
        leaf_points.period,
        leaf_points.area_code,
        ancestors.indicator_code

),

rated as (

    select
        summed.period,
        summed.area_code,
        summed.spec_version,
        summed.indicator_code,
        indicators.parent_code,
        indicators.level,
        summed.points_max,
        summed.points,
        case when indicators.level = 4 then summed.numerator else summed.points end as numerator,
        case when indicators.level = 4 then summed.denominator else summed.points_available end
            as denominator,
        case
            when indicators.level = 4 then summed.value
            when summed.points_available > 0 then round(
                100 * cast(summed.points as double) / cast(summed.points_available as double), 8
            )
        end as value,
        summed.source_mode,
        indicators.name as indicator_name,
        indicators.basis
    from summed
    inner join indicators
        on summed.spec_version = indicators.spec_version
        and summed.indicator_code = indicators.indicator_code

),

released as (

    select
        period,
        area_code,
        spec_version,
        indicator_code,
        indicator_name,
        parent_code,
        cast(level as bigint) as level,
        cast(points_max as decimal(18, 6)) as points_max,
        cast(points as decimal(18, 6)) as points,
        cast(numerator as decimal(18, 6)) as numerator,
        cast(denominator as decimal(18, 6)) as denominator,
        cast(value as double) as value,
        source_mode,
        basis
    from rated

)

select * from released
