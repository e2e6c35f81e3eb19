-- One row per record of any kind in its current version, resolved or not: the one list a new feed
-- is added to.
{% set parts = [
    'penalty', 'licensing', 'registration', 'tax_ratings', 'arrears', 'lists', 'list_entries', 'commitments'
] %}
with

{% for part in parts %}
{{ part }} as (

    select
        record_id, feed, dataset, identity_key, subject_id, match_method, unresolved_reason,
        record_type, polarity, severity, occurred_date, amount_yuan, confiscated_yuan, authority,
        document_no, visible_until, legal_basis, is_published, is_ended, removed_date,
        is_latest_statement, overdue_months, batch_id, source_sha256, source_row
    from {{ ref('int_records__' ~ part) }}

),

{% endfor %}
united as (

    {% for part in parts %}
    select * from {{ part }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from united
