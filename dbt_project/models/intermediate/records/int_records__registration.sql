-- One row per entry of the list of abnormal operations; it may be shown until it is removed.
with

entries as (

    select * from {{ ref('stg_registration__abnormal') }}

),

links as (

    select * from {{ ref('int_identity_links') }}

),

current_entries as (

    {{ current_version('entries') }}

)

select
    {{ record_columns('registration', 'abnormal', 'current_entries') }},
    'abnormal_operation' as record_type,
    -1 as polarity,
    cast(null as varchar) as severity,
    current_entries.listed_date as occurred_date,
    cast(null as decimal(18, 2)) as amount_yuan,
    cast(null as decimal(18, 2)) as confiscated_yuan,
    cast(null as varchar) as document_no,
    cast(null as date) as visible_until,
    cast(null as varchar) as legal_basis,
    true as is_published,
    coalesce(current_entries.removed_date <= {{ as_of() }}, false) as is_ended,
    case
        when current_entries.removed_date <= {{ as_of() }} then current_entries.removed_date
    end as removed_date,
    true as is_latest_statement,
    cast(null as integer) as overdue_months
from current_entries
inner join links
    on current_entries.identity_key = links.identity_key
