-- One row per delivered row of repair.cases: an application for credit repair as it stands that
-- day.
with

source as (

    select * from {{ source('validated', 'repair_cases') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([['"修复申请编号"']]) }} as record_key,
        {{ subject_columns('"统一社会信用代码"', name='"名称"', authority='"认定机关"') }},
        false as is_natural_person,

        -- strings
        "修复申请编号" as case_no,
        "失信信息类型" as breach_type,
        "文号" as document_no,
        "申请渠道" as channel,

        -- booleans
        "受理结果" = '受理' as is_accepted,
        "修复结果" = '准予修复' as is_granted,

        -- dates
        {{ to_date('"申请日期"') }} as applied_date,
        {{ to_date('"受理日期"') }} as accepted_date,
        {{ to_date('"办结日期"') }} as closed_date,

        -- reporting
        "认定机关" as publisher,
        cast(null as date) as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
