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
united as (

    {% for feed, dataset, publisher in declared_datasets() %}
    select * from {{ feed }}_{{ dataset }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from united
