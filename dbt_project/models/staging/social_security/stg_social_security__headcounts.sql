-- One row per delivered row of social_security.headcounts: insured persons per unit and month.
with

source as (

    select * from {{ source('validated', 'social_security_headcounts') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([['"统一社会信用代码"', '"单位名称"'], ['"单位编码"'], ['"应收年月"']]) }} as record_key,
        {{ subject_columns('"统一社会信用代码"', name='"单位名称"') }},
        false as is_natural_person,

        -- strings
        "单位编码" as unit_code,

        -- numbers
        try_cast("月参保总人数" as bigint) as insured_headcount,

        -- dates
        {{ to_month('"应收年月"') }} as period_month,

        -- reporting
        -- no column names it: the feed's own, as in its contract
        '呼和浩特市人力资源和社会保障局' as publisher,
        cast(null as date) as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
