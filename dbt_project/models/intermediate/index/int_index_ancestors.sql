-- One row per edition, leaf of the index and indicator above it, the leaf itself included.
with

indicators as (

    select * from {{ ref('ref_index_indicators') }}

),

leaves as (

    select
        indicators.spec_version,
        indicators.indicator_code as leaf_code,
        indicators.indicator_code as level_4_code,
        level_3.indicator_code as level_3_code,
        level_2.indicator_code as level_2_code,
        level_1.indicator_code as level_1_code,
        level_1.parent_code as level_0_code
    from indicators
    inner join indicators as level_3
        on indicators.spec_version = level_3.spec_version
        and indicators.parent_code = level_3.indicator_code
    inner join indicators as level_2
        on level_3.spec_version = level_2.spec_version
        and level_3.parent_code = level_2.indicator_code
    inner join indicators as level_1
        on level_2.spec_version = level_1.spec_version
        and level_2.parent_code = level_1.indicator_code
    where indicators.level = 4

),

ancestors as (

    select spec_version, leaf_code, level_4_code as indicator_code from leaves
    union all
    select spec_version, leaf_code, level_3_code as indicator_code from leaves
    union all
    select spec_version, leaf_code, level_2_code as indicator_code from leaves
    union all
    select spec_version, leaf_code, level_1_code as indicator_code from leaves
    union all
    select spec_version, leaf_code, level_0_code as indicator_code from leaves

)

select * from ancestors
