-- One row per commitment: kept or not yet determined ones say neither, broken ones weigh against
-- the subject and are shown for the term of a general breach from the day they were determined.
with

pledges as (

    select * from {{ ref('stg_commitments__pledges') }}

),

links as (

    select * from {{ ref('int_identity_links') }}

),

terms as (

    select * from {{ ref('ref_record_types') }}

),

current_pledges as (

    {{ current_version('pledges') }}

),

judged as (

    select
        {{ record_columns('commitments', 'pledges', 'current_pledges') }},
        current_pledges.document_no,
        current_pledges.commitment_type,
        current_pledges.publicity,
        current_pledges.made_date,
        current_pledges.determined_date,
        -- a determination of a day after as_of, in a file of as_of's month, is not made yet
        case
            when current_pledges.determined_date <= {{ as_of() }} then current_pledges.fulfilment
        end as fulfilment
    from current_pledges
    inner join links
        on current_pledges.identity_key = links.identity_key

),

typed as (

    select
        *,
        case
            when fulfilment in ('部分履行', '全部未履行') then 'commitment_breach' else 'commitment'
        end as record_type
    from judged

)

select
    typed.feed,
    typed.dataset,
    typed.record_id,
    typed.identity_key,
    typed.subject_id,
    typed.match_method,
    typed.unresolved_reason,
    typed.authority,
    typed.batch_id,
    typed.source_sha256,
    typed.source_row,
    typed.record_type,
    case when typed.record_type = 'commitment_breach' then -1 else 0 end as polarity,
    cast(null as varchar) as severity,
    typed.made_date as occurred_date,
    cast(null as decimal(18, 2)) as amount_yuan,
    cast(null as decimal(18, 2)) as confiscated_yuan,
    typed.document_no,
    {{ add_months('typed.determined_date', 'terms.term_months') }} as visible_until,
    cast(null as varchar) as legal_basis,
    typed.publicity = '可向社会公开' as is_published,
    false as is_ended,
    cast(null as date) as removed_date,
    true as is_latest_statement,
    cast(null as integer) as overdue_months,
    typed.commitment_type,
    typed.fulfilment
from typed
inner join terms
    on typed.record_type = terms.record_type
