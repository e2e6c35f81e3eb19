-- One row per delivered row of licensing.permits: administrative permits (2018 standard, XK_*).
with

source as (

    select * from {{ source('validated', 'licensing_permits') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([
            ['"XK_WSH"'],
            ['"XK_XKJGDM"', '"XK_XKJG"'],
            ['"XK_XDR_MC"'],
        ]) }} as record_key,
        {{ subject_columns(
            '"XK_XDR_SHXYM"', name='"XK_XDR_MC"', org_code='"XK_XDR_ZZJG"',
            registration_no='"XK_XDR_GSZC"', tax_no='"XK_XDR_SWDJ"', authority='"XK_XKJG"', representative='"XK_FRDB"'
        ) }},
        coalesce("XK_XDR_LB" = '自然人', false) as is_natural_person,

        -- strings
        "XK_WSH" as document_no,
        "XK_XKLB" as permit_type,
        "XK_XKZS" as certificate_name,
        "XK_XKBH" as permit_no,
        "XK_ZT" as status_code,

        -- dates
        {{ to_date('"XK_JDRQ"') }} as decided_date,
        {{ to_date('"XK_YXQZ"') }} as valid_from,
        {{ to_date('"XK_YXQZI"') }} as valid_until,

        -- reporting
        "XK_XKJG" as publisher,
        {{ to_date('"XK_JDRQ"') }} as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
