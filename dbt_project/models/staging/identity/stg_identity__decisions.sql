-- One row per delivered row of identity.decisions: what people decided about a way of naming or
-- about two subjects.
with

source as (

    select * from {{ source('validated', 'identity_decisions') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([['"决定编号"']]) }} as record_key,
        {{ subject_columns('"主体"') }},
        false as is_natural_person,

        -- strings
        "决定编号" as decision_no,
        "决定类型" as decision_kind,
        lower("标识键") as decided_key,
        "保留主体" as surviving_subject,
        "决定依据" as decision_basis,
        {{ hashed_person('"决定人"') }} as decided_by,
        {{ hashed_person('"复核人"') }} as confirmed_by,

        -- dates
        {{ to_date('"决定日期"') }} as decided_date,

        -- reporting
        '呼和浩特市公共信用信息工作机构' as publisher,
        cast(null as date) as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
