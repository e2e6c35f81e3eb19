-- One row per delivered row of social_security.arrears: social insurance premiums not paid, one
-- statement per closing date.
with

source as (

    select * from {{ source('validated', 'social_security_arrears') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([['"统一社会信用代码"', '"机构全称"'], [date_key('"欠缴统计截止日期"')]]) }} as record_key,
        {{ subject_columns('"统一社会信用代码"', name='"机构全称"', authority='"经办机关全称"') }},
        false as is_natural_person,

        -- amounts
        {{ to_yuan('"欠缴金额合计（元）"') }} as arrears_yuan,

        -- booleans
        coalesce("是否补缴" in ('是', '1', 'Y', '已补缴'), false) as is_paid,

        -- dates
        {{ to_date('"欠缴统计开始日期"') }} as opening_date,
        {{ to_date('"欠缴统计截止日期"') }} as closing_date,
        {{ to_date('"认定日期"') }} as determined_date,

        -- reporting
        "经办机关全称" as publisher,
        {{ to_date('"认定日期"') }} as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
