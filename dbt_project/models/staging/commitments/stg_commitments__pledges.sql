-- One row per delivered row of commitments.pledges: a commitment as it stands that day.
with

source as (

    select * from {{ source('validated', 'commitments_pledges') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([['"承诺编码"']]) }} as record_key,
        {{ subject_columns('"承诺人代码"', name='"承诺人名称"', authority='"承诺受理单位"') }},
        false as is_natural_person,

        -- strings
        "承诺编码" as document_no,
        "承诺类型" as commitment_type,
        "承诺履行状态" as fulfilment,
        "承诺履行状态认定单位" as determined_by,
        "公开类型" as publicity,

        -- dates
        {{ to_date('"承诺作出日期"') }} as made_date,
        {{ to_date('"承诺有效期"') }} as valid_until,
        {{ to_date('"承诺履行状态认定日期"') }} as determined_date,

        -- reporting: no law sets days for it
        "承诺受理单位" as publisher,
        cast(null as date) as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
