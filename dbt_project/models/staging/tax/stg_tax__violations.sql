-- One row per delivered row of tax.violations: serious tax violations made public.
with

source as (

    select * from {{ source('validated', 'tax_violations') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([['"统一社会信用代码"', '"名称"'], ['"案件性质"'], [date_key('"确认日期"')]]) }} as record_key,
        {{ subject_columns('"统一社会信用代码"', name='"名称"', authority='"实施检查的单位"') }},
        false as is_natural_person,

        -- strings
        "案件性质" as case_type,

        -- dates
        {{ to_date('"确认日期"') }} as confirmed_date,
        {{ to_date('"公示截止日期"') }} as published_until,

        -- reporting
        "实施检查的单位" as publisher,
        {{ to_date('"确认日期"') }} as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
