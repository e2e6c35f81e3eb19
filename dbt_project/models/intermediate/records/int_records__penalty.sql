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
    concat(
        '定级：', decisions.severity_basis, '；公示期：',
        case
            when decisions.published_until = decisions.visible_until
                then '认定机关自定截止日期，不晚于'
            else ''
        end,
        '最长', cast(decisions.term_months as string), '个月，', decisions.term_basis
    ) as legal_basis,
    decisions.is_published,
    false as is_ended,
    cast(null as date) as removed_date,
    true as is_latest_statement,
    cast(null as integer) as overdue_months
from decisions
inner join links
    on decisions.identity_key = links.identity_key
