-- One row per delivered row of social_security.wage_arrears_list: the list of employers who owe
-- wages to migrant workers.
with

source as (

    select * from {{ source('validated', 'social_security_wage_arrears_list') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([['"统一社会信用代码"', '"名称"'], ['"认定文号"']]) }} as record_key,
        {{ subject_columns('"统一社会信用代码"', name='"名称"', authority='"认定部门"') }},
        false as is_natural_person,

        -- strings
        "认定文号" as document_no,

        -- dates
        {{ to_date('"确认严重失信日期"') }} as confirmed_date,
        {{ to_date('"公示截止日期"') }} as published_until,

        -- reporting
        "认定部门" as publisher,
        {{ to_date('"确认严重失信日期"') }} as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
