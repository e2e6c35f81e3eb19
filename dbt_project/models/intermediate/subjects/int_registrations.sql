-- One row per registered subject, in the version that counts: its texts in one width, its capital
-- as number and unit.
with

subjects as (

    select * from {{ ref('stg_registration__subjects') }}

),

current_subjects as (

    {{ current_version('subjects') }}

),

folded as (

    select
        record_key,
        uscc,
        registration_no,
        name,
        {{ name_key('name') }} as name_key,
        authority,
        replace(address, ' ', '') as address,
        former_names,
        representative,
        {{ fold_width('capital_text') }} as capital_text,
        replace({{ fold_width('enterprise_type_text') }}, ' ', '') as type_text,
        coalesce(status_text, '存续') as status_text,
        upper(industry_text) as industry_text,
        established_date,
        approved_date,
        batch_id,
        source_sha256,
        source_row
    from current_subjects

),

parsed as (

    select
        *,
        {{ leading_number('capital_text') }} as capital_number,
        {{ unit_text('capital_text') }} as capital_unit,
        rpad(nullif(regexp_extract(industry_text, '([0-9]+)', 1), ''), 4, '0') as industry_digits,
        nullif(regexp_extract(industry_text, '^([A-T])', 1), '') as industry_letter
    from folded

)

select * from parsed
