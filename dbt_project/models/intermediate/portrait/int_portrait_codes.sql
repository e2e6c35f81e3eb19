-- One row per coded column and code of the portraits.
with

dimensions as (

    select * from {{ ref('ref_portrait_dimensions') }}

),

tags as (

    select * from {{ ref('ref_portrait_tags') }}

),

codes as (

    select 'dimension_code' as column_name, dimension_code as code, title, basis
    from dimensions

    union all

    select 'tag_code' as column_name, tag_code as code, tag_name as title, basis
    from tags

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
