-- One row per dishonest record whose newest version withdraws it: the day of the withdrawal, and
-- what the version before it was about.
{% set documented = ['decisions', 'wage_arrears_list'] %}
with

links as (

    select * from {{ ref('int_identity_links') }}

),

record_types as (

    select * from {{ ref('ref_record_types') }}

),

{% for feed, dataset, _ in dishonest_datasets() %}
{{ feed }}_{{ dataset }} as (

    select
        '{{ feed }}' as feed,
        '{{ dataset }}' as dataset,
        md5(concat('{{ feed }}', '|', '{{ dataset }}', '|', record_key)) as record_id,
        identity_key,
        {{ 'document_no' if dataset in documented else 'cast(null as varchar)' }} as document_no,
        authority,
        coalesce(provided_date, delivered_date) as handed_over_date,
        version_no,
        is_withdrawn
    from {{ ref('stg_' ~ feed ~ '__' ~ dataset) }}

),

{% endfor %}
united as (

    {% for feed, dataset, _ in dishonest_datasets() %}
    select * from {{ feed }}_{{ dataset }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

withdrawn as (

    select distinct record_id from united
    where is_withdrawn

),

versions as (

    select
        united.*,
        row_number() over (
            partition by united.record_id, united.is_withdrawn
            order by united.version_no desc
        ) as place
    from united
    inner join withdrawn
        on united.record_id = withdrawn.record_id

),

standing as (

    select * from versions
    where place = 1
        and not is_withdrawn

),

revoked as (

    select
        versions.feed,
        versions.dataset,
        versions.record_id,
        versions.handed_over_date as revoked_date,
        standing.document_no,
        standing.authority,
        standing.identity_key
    from versions
    left join standing
        on versions.record_id = standing.record_id
    where versions.place = 1
        and versions.is_withdrawn
        and coalesce(versions.version_no > standing.version_no, true)

)

select
    revoked.record_id,
    revoked.revoked_date,
    {{ about_key(
        'record_types.breach_type', 'revoked.document_no', 'revoked.authority', 'links.subject_id'
    ) }} as about_key
from revoked
inner join record_types
    on revoked.feed = record_types.feed
    and revoked.dataset = record_types.dataset
left join links
    on revoked.identity_key = links.identity_key
where record_types.breach_type is not null
