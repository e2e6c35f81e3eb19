-- One row per delivered row of lending.authorizations: permissions of businesses to look into their
-- data.
with

source as (

    select * from {{ source('validated', 'lending_authorizations') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([['"授权编号"']]) }} as record_key,
        {{ subject_columns('"统一社会信用代码"') }},
        false as is_natural_person,

        -- strings
        "授权编号" as authorization_no,
        "授权机构" as authorized_institution,
        "授权范围" as authorized_scope,

        -- dates
        {{ to_date('"授权日期"') }} as authorized_date,
        {{ to_date('"有效期至"') }} as valid_until,

        -- reporting
        "授权机构" as publisher,
        {{ to_date('"授权日期"') }} as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
