-- One row per delivered row of registration.abnormal: entries of the list of abnormal operations.
with

source as (

    select * from {{ source('validated', 'registration_abnormal') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([['"统一社会信用代码"', '"企业名称"'], [date_key('"列入日期"')]]) }} as record_key,
        {{ subject_columns('"统一社会信用代码"', name='"企业名称"', authority='"作出决定机关(列入)"') }},
        false as is_natural_person,

        -- strings
        "列入原因" as listed_reason,
        "移出原因" as removed_reason,
        "作出决定机关(移出)" as removing_authority,

        -- dates
        {{ to_date('"列入日期"') }} as listed_date,
        {{ to_date('"移出日期"') }} as removed_date,

        -- reporting
        "作出决定机关(列入)" as publisher,
        -- a removal is a decision of its own day
        greatest(
            {{ to_date('"列入日期"') }}, {{ to_date('"移出日期"') }}
        ) as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
