-- One row per dataset, publisher, day of hand-over and document date: the records handed over that
-- count, and those of them whose subject was not found. Withdrawn records and natural persons are
-- counted nowhere; a record that has ended and left the lake still is.
with

links as (

    select * from {{ ref('int_identity_links') }}

),

unresolved as (

    select identity_key from links
    where subject_id is null

),

sealed as (

    select
        feed,
        dataset,
        publisher,
        provided_date,
        delivered_date,
        document_date,
        count(*) as records,
        sum(case when is_unresolved then 1 else 0 end) as unresolved_records
    from {{ ref('stg_ops__sealed_rows') }}
    where zone = 'validated'
        and is_counted
    group by feed, dataset, publisher, provided_date, delivered_date, document_date

),

{% for feed, dataset, _ in declared_datasets() %}
{{ feed }}_{{ dataset }} as (

    select * from {{ ref('stg_' ~ feed ~ '__' ~ dataset) }}
    where not is_natural_person

),

{{ feed }}_{{ dataset }}_withdrawals as (

    -- every version up to a withdrawal is withdrawn; one handed over later counts again
    select
        record_key,
        max(version_no) as withdrawn_version
    from {{ feed }}_{{ dataset }}
    where is_withdrawn
    group by record_key

),

{{ feed }}_{{ dataset }}_days as (

    select
        '{{ feed }}' as feed,
        '{{ dataset }}' as dataset,
        delivered.publisher,
        delivered.provided_date,
        delivered.delivered_date,
        delivered.document_date,
        count(*) as records,
        count(unresolved.identity_key) as unresolved_records
    from {{ feed }}_{{ dataset }} as delivered
    left join {{ feed }}_{{ dataset }}_withdrawals as withdrawals
        on delivered.record_key = withdrawals.record_key
    left join unresolved
        on delivered.identity_key = unresolved.identity_key
    where withdrawals.record_key is null
        or delivered.version_no > withdrawals.withdrawn_version
    group by
        delivered.publisher,
        delivered.provided_date,
        delivered.delivered_date,
        delivered.document_date

),

{% endfor %}
united as (

    {% for feed, dataset, _ in declared_datasets() %}
    select * from {{ feed }}_{{ dataset }}_days
    union all
    {% endfor %}
    select * from sealed

)

select
    feed,
    dataset,
    publisher,
    provided_date,
    delivered_date,
    document_date,
    cast(sum(records) as bigint) as records,
    cast(sum(unresolved_records) as bigint) as unresolved_records
from united
group by feed, dataset, publisher, provided_date, delivered_date, document_date
