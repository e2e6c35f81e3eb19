-- One row per penalty in force. Minor ones are not published and stay here.
with

decisions as (

    select * from {{ ref('int_penalty_severities') }}

),

links as (

    select * from {{ ref('int_identity_links') }}

)

select
    {{ record_columns('penalty', 'decisions', 'decisions') }},
    'penalty' as record_type,
    -1 as polarity,
    decisions.severity,
    decisions.decided_date as occurred_date,
    decisions.fine_yuan as amount_yuan,
    decisions.confiscated_yuan,
    decisions.document_no,
    decisions.visible_until,
    decisions.is_published,
    false as is_ended,
    true as is_latest_statement,
    cast(null as integer) as overdue_months
from decisions
inner join links
    on decisions.identity_key = links.identity_key
