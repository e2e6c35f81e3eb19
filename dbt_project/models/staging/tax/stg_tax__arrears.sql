-- One row per delivered row of tax.arrears: announced tax arrears, one statement per tax and
-- closing date.
with

source as (

    select * from {{ source('validated', 'tax_arrears') }}
    where {{ delivered() }}

),

renamed as (

    select
        -- ids
        {{ record_key([
            ['"统一社会信用代码"', '"纳税人识别号"', '"纳税人名称"'],
            ['"欠税税种"'],
            [date_key('"欠税统计截止日期"')],
        ]) }} as record_key,
        {{ subject_columns('"统一社会信用代码"', name='"纳税人名称"', tax_no='"纳税人识别号"', authority='"发布部门"') }},
        false as is_natural_person,

        -- strings
        "欠税税种" as tax_kind,

        -- amounts
        {{ to_yuan('"累计欠税余额"') }} as arrears_yuan,
        {{ to_yuan('"当期新发生欠税金额"') }} as new_arrears_yuan,

        -- booleans
        coalesce("是否补缴" in ('是', '1', 'Y', '已补缴'), false) as is_paid,

        -- dates
        {{ to_date('"欠税统计截止日期"') }} as closing_date,
        {{ to_date('"认定日期"') }} as determined_date,

        -- reporting
        "发布部门" as publisher,
        {{ to_date('"认定日期"') }} as document_date,

        -- lineage
        {{ lineage_columns() }}
    from source

)

select * from renamed
