-- One row per entry of the lists that are reported as such: serious dishonesty, special attention,
-- and red lists, shown for the term of the list and until the exit.
with

entries as (

    select * from {{ ref('stg_lists__entries') }}

),

links as (

    select * from {{ ref('int_identity_links') }}

),

list_types as (

    select * from {{ ref('ref_list_types') }}

),

current_entries as (

    {{ current_version('entries') }}

),

listed as (

    select
        {{ record_columns('lists', 'entries', 'current_entries') }},
        concat(list_types.kind, '_listing') as record_type,
        list_types.kind,
        list_types.list_type,
        list_types.basis,
        current_entries.stated_basis,
        current_entries.document_no,
        current_entries.entered_date,
        current_entries.exited_date,
        current_entries.published_until,
        {{ add_months('current_entries.entered_date', 'list_types.term_months') }} as longest_until
    from current_entries
    inner join links
        on current_entries.identity_key = links.identity_key
    inner join list_types
        on current_entries.list_type = list_types.list_type

)

select
    feed, dataset, record_id, identity_key, subject_id,
    match_method, unresolved_reason, authority,
    batch_id, source_sha256, source_row,
    record_type,
    case when kind = 'red' then 1 else -1 end as polarity,
    case when kind = 'serious' then 'serious' end as severity,
    entered_date as occurred_date,
    cast(null as decimal(18, 2)) as amount_yuan,
    cast(null as decimal(18, 2)) as confiscated_yuan,
    document_no,
    case
        when published_until is null then longest_until
        when longest_until is null then published_until
        else least(published_until, longest_until)
    end as visible_until,
    concat(
        '名单：', list_type, '；列入依据：', stated_basis, '；期限：',
        case
            when published_until is not null and longest_until is null then '认定机关自定截止日期，'
            when published_until < longest_until then '认定机关自定截止日期，早于最长期限，'
            else ''
        end,
        basis
    ) as legal_basis,
    true as is_published,
    coalesce(exited_date <= {{ as_of() }}, false) as is_ended,
    case when exited_date <= {{ as_of() }} then exited_date end as removed_date,
    true as is_latest_statement,
    cast(null as integer) as overdue_months
from listed
