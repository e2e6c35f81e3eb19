-- One row per delivered row of tax.ratings: yearly tax credit ratings.
with

source as (

    select * from {{ source('validated', 'tax_ratings') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([['"统一社会信用代码"', '"纳税人名称"'], ['"评价年度"']]) }} as record_key,
        {{ subject_columns('"统一社会信用代码"', name='"纳税人名称"', authority='"评价单位"') }},
        false as is_natural_person,

        -- strings
        "信用等级" as tax_rating,

        -- numbers
        try_cast("评价年度" as integer) as rating_year,

        -- dates
        {{ to_date('"评定时间"') }} as rated_date,

        -- reporting
        "评价单位" as publisher,
        {{ to_date('"评定时间"') }} as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
