-- One row per registered subject: who it is, where, and in which state.
with

subjects as (

    select * from {{ ref('int_subjects') }}

),

released as (

    select
        subject_id,
        uscc,
        name,
        subject_type,
        registration_status,
        is_active,
        district_code,
        district_source,
        industry_code,
        industry_section,
        enterprise_type_code,
        established_date,
        registered_capital_yuan,
        registered_capital_amount,
        registered_capital_currency
    from subjects

)

select * from released
