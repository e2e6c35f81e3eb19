-- One row per delivered row of penalty.decisions: administrative penalties (2018 standard, CF_*).
with

source as (

    select * from {{ source('validated', 'penalty_decisions') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([
            ['"CF_WSH"'],
            ['"CF_CFJGDM"', '"CF_CFJG"'],
            ['"CF_XDR_MC"'],
        ]) }} as record_key,
        {{ subject_columns(
            '"CF_XDR_SHXYM"', name='"CF_XDR_MC"', org_code='"CF_XDR_ZZJG"',
            registration_no='"CF_XDR_GSZC"', tax_no='"CF_XDR_SWDJ"', authority='"CF_CFJG"',
            representative='"CF_FRDB"'
        ) }},
        coalesce("CF_XDR_LB" = '自然人', false) as is_natural_person,

        -- strings
        "CF_WSH" as document_no,
        "CF_XDR_LB" as party_type,
        "CF_WFXW" as violation_type,
        "CF_CFLB" as penalty_kinds,

        -- amounts
        {{ to_yuan('"CF_NR_FK"', 10000) }} as fine_yuan,
        {{ to_yuan('"CF_NR_WFFF"', 10000) }} as confiscated_yuan,

        -- dates
        {{ to_date('"CF_JDRQ"') }} as decided_date,
        {{ to_date('"CF_YXQ"') }} as effective_until,
        {{ to_date('"CF_GSJZQ"') }} as published_until,

        -- reporting
        "CF_CFJG" as publisher,
        {{ to_date('"CF_JDRQ"') }} as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
