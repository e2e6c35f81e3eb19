-- One row per record of the datasets that hold dishonest information: the day on which it was first
-- handed over since it was last withdrawn. The others, most rows of a lake, are not read for it.
{% set rest = ['subjects', 'headcounts', 'authorizations', 'permits', 'ratings', 'cases'] %}
with

{% for feed, dataset, _ in declared_datasets() if feed != 'identity' and dataset not in rest %}
{{ feed }}_{{ dataset }} as (

    select
        md5(concat('{{ feed }}', '|', '{{ dataset }}', '|', record_key)) as record_id,
        coalesce(provided_date, delivered_date) as reported_date,
        version_no,
        max(case when is_withdrawn then version_no end) over (partition by record_key)
            as withdrawn_version
    from {{ ref('stg_' ~ feed ~ '__' ~ dataset) }}
    where not is_natural_person

),

{% endfor %}
united as (

    {% for feed, dataset, _ in declared_datasets() if feed != 'identity' and dataset not in rest %}
    select * from {{ feed }}_{{ dataset }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    record_id,
    min(reported_date) as reported_date
from united
where coalesce(version_no > withdrawn_version, true)
group by record_id
