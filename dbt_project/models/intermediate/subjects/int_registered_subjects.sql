-- One row per registered subject, merged or not: who it is, where, in which state, with which
-- capital.
with

registrations as (

    select * from {{ ref('int_registrations') }}

),

areas as (

    select * from {{ ref('int_subject_areas') }}

),

statuses as (

    select * from {{ ref('ref_registration_statuses') }}

),

units as (

    select * from {{ ref('ref_capital_units') }}

),

industries as (

    select * from {{ ref('ref_industries') }}

),

type_codes as (

    select type_name, code from {{ ref('ref_enterprise_type_names') }}
    union all
    select code as type_name, code from {{ ref('ref_enterprise_types') }}

),

described as (

    select
        concat('S', left(md5(registrations.uscc), 16)) as subject_id,
        registrations.uscc,
        substring(registrations.uscc, 9, 9) as org_code,
        registrations.registration_no,
        registrations.name,
        registrations.name_key,
        case left(registrations.uscc, 2)
            when '91' then '企业'
            when '92' then '个体工商户'
            when '93' then '农民专业合作社'
            else '其他'
        end as subject_type,
        statuses.registration_status,
        statuses.is_active,
        areas.district_code,
        areas.district_source,
        industries.code as industry_code,
        coalesce(industries.section, registrations.industry_letter) as industry_section,
        type_codes.code as enterprise_type_code,
        registrations.established_date,
        registrations.approved_date,
        -- wide enough for the product before it is rounded to fen
        cast(
            cast(registrations.capital_number as decimal(28, 6)) * units.factor as decimal(18, 2)
        ) as registered_capital_amount,
        units.currency_code as registered_capital_currency,
        registrations.batch_id,
        registrations.source_sha256,
        registrations.source_row
    from registrations
    inner join areas
        on registrations.record_key = areas.record_key
    left join statuses
        on registrations.status_text = statuses.status_text
    left join units
        on registrations.capital_unit = units.unit_text
    left join industries
        on registrations.industry_digits = industries.code
    left join type_codes
        on registrations.type_text = type_codes.type_name

)

select
    *,
    case when registered_capital_currency = 'CNY' then registered_capital_amount end
        as registered_capital_yuan
from described
