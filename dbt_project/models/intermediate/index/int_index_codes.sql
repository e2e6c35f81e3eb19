-- One row per coded column and code of the city index.
with

areas as (

    select * from {{ ref('ref_index_areas') }}

),

indicators as (

    select * from {{ ref('ref_index_indicators') }}

),

codes as (

    select 'district_code' as column_name, area_code as code, name as title, basis
    from areas
    where not is_city

    union all

    select 'area_code' as column_name, area_code as code, name as title, basis
    from areas

    union all

    select 'indicator_code' as column_name, indicator_code as code, name as title, basis
    from indicators

    union all

    select 'parent_code' as column_name, indicator_code as code, name as title, basis
    from indicators
    where level < 4

    union all

    select 'metric_code' as column_name, indicator_code as code, name as title, basis
    from indicators

),

bounded as (

    select
        column_name,
        code,
        title,
        cast(null as double) as lower,
        cast(null as double) as upper,
        basis
    from codes

)

select * from bounded
