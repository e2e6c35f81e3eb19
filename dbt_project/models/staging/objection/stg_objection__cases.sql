-- One row per delivered row of objection.cases: an objection to a record as it stands that day.
with

source as (

    select * from {{ source('validated', 'objection_cases') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([['"异议编号"']]) }} as record_key,
        {{ subject_columns('"统一社会信用代码"', name='"名称"', authority='"认定机关"') }},
        false as is_natural_person,

        -- strings
        "异议编号" as case_no,
        "失信信息类型" as breach_type,
        "文号" as document_no,
        case "异议类型"
            when '信息内容' then 'content'
            when '公示期限' then 'publicity_period'
            when '修复结果' then 'repair_result'
        end as objection_type,
        case "处理结果"
            when '更正' then 'corrected'
            when '维持' then 'confirmed'
            when '撤销' then 'revoked'
        end as outcome,

        -- dates
        {{ to_date('"提出日期"') }} as raised_date,
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
