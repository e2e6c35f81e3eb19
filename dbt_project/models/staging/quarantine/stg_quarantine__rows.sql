-- One row per quarantined row of any dataset, delivered by as_of: whose row it was and what has
-- become of it.
{% set datasets = [
    ['lending', 'authorizations', '"授权机构"'],
    ['licensing', 'permits', '"XK_XKJG"'],
    ['penalty', 'decisions', '"CF_CFJG"'],
    ['registration', 'subjects', '"登记机关"'],
    ['registration', 'abnormal', '"作出决定机关(列入)"'],
    ['social_security', 'headcounts', 'cast(null as varchar)'],
    ['social_security', 'arrears', '"经办机关全称"'],
    ['social_security', 'wage_arrears_list', '"认定部门"'],
    ['tax', 'ratings', '"评价单位"'],
    ['tax', 'arrears', '"发布部门"'],
    ['tax', 'violations', '"实施检查的单位"'],
] %}
with

{% for feed, dataset, publisher in datasets %}
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
        _state as state
    from {{ source('quarantine', feed ~ '_' ~ dataset) }}
    where _delivered_date <= {{ as_of() }}

),

{% endfor %}
united as (

    {% for feed, dataset, publisher in datasets %}
    select * from {{ feed }}_{{ dataset }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from united
