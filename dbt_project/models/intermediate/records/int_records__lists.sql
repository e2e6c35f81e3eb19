-- One row per entry of a list of seriously dishonest subjects, shown for the term of its list.
with

violations as (

    select * from {{ ref('stg_tax__violations') }}

),

listings as (

    select * from {{ ref('stg_social_security__wage_arrears_list') }}

),

links as (

    select * from {{ ref('int_identity_links') }}

),

terms as (

    select * from {{ ref('ref_record_types') }}

),

current_violations as (

    {{ current_version('violations') }}

),

current_listings as (

    {{ current_version('listings') }}

),

united as (

    select
        {{ record_columns('tax', 'violations', 'current_violations') }},
        current_violations.confirmed_date,
        current_violations.published_until,
        cast(null as varchar) as document_no
    from current_violations
    inner join links
        on current_violations.identity_key = links.identity_key

    union all

    select
        {{ record_columns('social_security', 'wage_arrears_list', 'current_listings') }},
        current_listings.confirmed_date,
        current_listings.published_until,
        current_listings.document_no
    from current_listings
    inner join links
        on current_listings.identity_key = links.identity_key

)

select
    united.feed, united.dataset, united.record_id, united.identity_key, united.subject_id,
    united.match_method, united.unresolved_reason, united.authority,
    united.batch_id, united.source_sha256, united.source_row,
    terms.record_type,
    -1 as polarity,
    'serious' as severity,
    united.confirmed_date as occurred_date,
    cast(null as decimal(18, 2)) as amount_yuan,
    cast(null as decimal(18, 2)) as confiscated_yuan,
    united.document_no,
    least(
        united.published_until, {{ add_months('united.confirmed_date', 'terms.term_months') }}
    ) as visible_until,
    case
        when
            united.published_until
            < {{ add_months('united.confirmed_date', 'terms.term_months') }}
            then concat('认定机关自定截止日期，早于最长期限，', terms.basis)
    end as legal_basis,
    true as is_published,
    false as is_ended,
    cast(null as date) as removed_date,
    true as is_latest_statement,
    cast(null as integer) as overdue_months
from united
inner join terms
    on united.feed = terms.feed
    and united.dataset = terms.dataset
