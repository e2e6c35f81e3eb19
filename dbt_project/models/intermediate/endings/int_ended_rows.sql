-- One row per delivered row of a record that has ended at as_of, or of a case about such ones:
-- what is still told of it when it has left the lake.
{% set datasets = dishonest_datasets() + [['objection', 'cases', ''], ['repair', 'cases', '']] %}
with

ended as (

    select * from {{ ref('int_ended_records') }}

),

links as (

    select * from {{ ref('int_identity_links') }}

),

{% for feed, dataset, _ in datasets %}
{{ feed }}_{{ dataset }} as (

    select
        '{{ feed }}' as feed,
        '{{ dataset }}' as dataset,
        md5(concat('{{ feed }}', '|', '{{ dataset }}', '|', record_key)) as record_id,
        batch_id,
        source_row,
        identity_key,
        publisher,
        provided_date,
        document_date,
        version_no,
        is_natural_person,
        is_withdrawn
    from {{ ref('stg_' ~ feed ~ '__' ~ dataset) }}

),

{% endfor %}
united as (

    {% for feed, dataset, _ in datasets %}
    select * from {{ feed }}_{{ dataset }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

versions as (

    select
        united.*,
        max(
            case
                when united.is_withdrawn and not united.is_natural_person then united.version_no
            end
        ) over (partition by united.record_id) as withdrawn_version
    from united
    inner join ended
        on united.record_id = ended.record_id

)

select
    versions.feed,
    versions.dataset,
    versions.record_id,
    versions.batch_id,
    versions.source_row,
    versions.publisher,
    versions.provided_date,
    versions.document_date,
    not versions.is_natural_person
    and coalesce(versions.version_no > versions.withdrawn_version, true) as is_counted,
    coalesce(links.identity_key is not null and links.subject_id is null, false) as is_unresolved
from versions
left join links
    on versions.identity_key = links.identity_key
