-- One row per quarantined row of any dataset, delivered by as_of: whose row it was and what has
-- become of it.
with

{% for feed, dataset, publisher in declared_datasets() %}
{{ feed }}_{{ dataset }} as (

    select
        '{{ feed }}' as feed,
        '{{ dataset }}' as dataset,
        {{ publisher }} as publisher,
        {{ to_date('"提供日期"') }} as provided_date,
        _delivered_date as delivered_date,
        _batch_id as batch_id,
        _source_row as source_row,
        array_to_string(_failed_rules, ' ') as failed_rules,
        _state as state,
        _state_batch_id as state_batch_id
    from {{ source('quarantine', feed ~ '_' ~ dataset) }}
    where _delivered_date <= {{ as_of() }}

),

{% endfor %}
sealed as (

    -- left the lake with their record: that they came, and when, is still told
    select
        feed,
        dataset,
        publisher,
        provided_date,
        _delivered_date as delivered_date,
        _batch_id as batch_id,
        _source_row as source_row,
        cast(null as varchar) as failed_rules,
        cast(null as varchar) as state,
        cast(null as varchar) as state_batch_id
    from {{ source('ops', 'sealed_rows') }}
    where zone = 'quarantine'
        and _delivered_date <= {{ as_of() }}

),

united as (

    {% for feed, dataset, publisher in declared_datasets() %}
    select * from {{ feed }}_{{ dataset }}
    union all
    {% endfor %}
    select * from sealed

)

select * from united
