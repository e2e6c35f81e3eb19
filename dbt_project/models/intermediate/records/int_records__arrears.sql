-- One row per statement of arrears of tax or social insurance. A debt whose later statement says
-- paid is paid in the earlier ones too; of the others only the latest statement counts towards a
-- sum.
with

tax_statements as (

    select * from {{ ref('stg_tax__arrears') }}

),

social_statements as (

    select * from {{ ref('stg_social_security__arrears') }}

),

links as (

    select * from {{ ref('int_identity_links') }}

),

current_tax as (

    {{ current_version('tax_statements') }}

),

current_social as (

    {{ current_version('social_statements') }}

),

united as (

    select
        {{ record_columns('tax', 'arrears', 'current_tax') }},
        'tax_arrears' as record_type,
        coalesce(current_tax.determined_date, current_tax.closing_date) as occurred_date,
        current_tax.arrears_yuan as amount_yuan,
        current_tax.tax_kind as debt,
        current_tax.closing_date,
        current_tax.is_paid,
        cast(null as integer) as overdue_months
    from current_tax
    inner join links
        on current_tax.identity_key = links.identity_key

    union all

    select
        {{ record_columns('social_security', 'arrears', 'current_social') }},
        'social_arrears' as record_type,
        coalesce(current_social.determined_date, current_social.closing_date) as occurred_date,
        current_social.arrears_yuan as amount_yuan,
        'social' as debt,
        current_social.closing_date,
        current_social.is_paid,
        -- both ends are days of the span: 1 January to 31 March are three months
        cast({{ full_months(
            'current_social.opening_date', "(current_social.closing_date + interval '1' day)"
        ) }} as integer) as overdue_months
    from current_social
    inner join links
        on current_social.identity_key = links.identity_key

),

placed as (

    select
        *,
        row_number() over (
            partition by feed, coalesce(subject_id, identity_key), debt
            order by closing_date desc, occurred_date desc, record_id
        ) as statement_place,
        max(case when is_paid then closing_date end) over (
            partition by feed, coalesce(subject_id, identity_key), debt
        ) as paid_until
    from united
    -- a statement of a day after as_of, in a file of as_of's month, is not made yet
    where occurred_date <= {{ as_of() }}

)

select
    feed, dataset, record_id, identity_key, subject_id, match_method, unresolved_reason, authority,
    batch_id, source_sha256, source_row, record_type,
    -1 as polarity,
    cast(null as varchar) as severity,
    occurred_date,
    amount_yuan,
    cast(null as decimal(18, 2)) as confiscated_yuan,
    cast(null as varchar) as document_no,
    cast(null as date) as visible_until,
    cast(null as varchar) as legal_basis,
    true as is_published,
    is_paid or coalesce(closing_date <= paid_until, false) as is_ended,
    cast(null as date) as removed_date,
    statement_place = 1 as is_latest_statement,
    overdue_months
from placed
