-- One row per delivered row of registration.subjects: the register of businesses.
with

source as (

    select * from {{ source('validated', 'registration_subjects') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([['"统一社会信用代码"']]) }} as record_key,
        {{ subject_columns(
            '"统一社会信用代码"', name='"企业名称"', registration_no='"注册号"', authority='"登记机关"',
            representative='"法定代表人"', address='"注册地址"'
        ) }},
        false as is_natural_person,

        -- strings
        "企业类型" as enterprise_type_text,
        "注册资金" as capital_text,
        "登记状态" as status_text,
        "行业代码" as industry_text,
        "曾用名" as former_names,

        -- dates
        {{ to_date('"注册日期"') }} as established_date,
        {{ to_date('"核准日期"') }} as approved_date,

        -- reporting
        "登记机关" as publisher,
        {{ to_date('"核准日期"') }} as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
