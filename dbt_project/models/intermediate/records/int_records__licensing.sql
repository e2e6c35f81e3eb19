-- One row per permit in its current version; one that was declared invalid (XK_ZT 0) has ended, one
-- whose validity begins after as_of is not shown yet.
with

permits as (

    select * from {{ ref('stg_licensing__permits') }}

),

links as (

    select * from {{ ref('int_identity_links') }}

),

current_permits as (

    {{ current_version('permits') }}

)

select
    {{ record_columns('licensing', 'permits', 'current_permits') }},
    'permit' as record_type,
    0 as polarity,
    cast(null as varchar) as severity,
    current_permits.decided_date as occurred_date,
    cast(null as decimal(18, 2)) as amount_yuan,
    cast(null as decimal(18, 2)) as confiscated_yuan,
    current_permits.document_no,
    coalesce(current_permits.valid_until, cast('2099-12-31' as date)) as visible_until,
    cast(null as varchar) as legal_basis,
    coalesce(current_permits.valid_from <= {{ as_of() }}, true) as is_published,
    coalesce(current_permits.status_code = '0', false) as is_ended,
    cast(null as date) as removed_date,
    true as is_latest_statement,
    cast(null as integer) as overdue_months
from current_permits
inner join links
    on current_permits.identity_key = links.identity_key
