-- One row per delivered row of lists.entries: an entry of a list as it stands that day.
with

source as (

    select * from {{ source('validated', 'lists_entries') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([['"名单类型"'], ['"统一社会信用代码"'], ['"认定部门"'], ['"认定文号"']]) }} as record_key,
        {{ subject_columns('"统一社会信用代码"', name='"名称"', authority='"认定部门"') }},
        false as is_natural_person,

        -- strings
        "名单类型" as list_type,
        "认定文号" as document_no,
        "认定依据" as stated_basis,
        "移出原因" as exit_reason,
        "移出决定机关" as exit_authority,

        -- dates
        {{ to_date('"列入日期"') }} as entered_date,
        {{ to_date('"公示截止日期"') }} as published_until,
        {{ to_date('"移出日期"') }} as exited_date,

        -- reporting: a row with its exit is the delivery of the exit
        "认定部门" as publisher,
        coalesce({{ to_date('"移出日期"') }}, {{ to_date('"列入日期"') }}) as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
