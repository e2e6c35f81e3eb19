-- One row per dishonest record whose newest version withdraws it: the day of the withdrawal, and
-- what the version before it was about.
{% set documented = ['decisions', 'entries', 'pledges', 'wage_arrears_list'] %}
with

links as (

    select * from {{ ref('int_identity_links') }}

),

record_types as (

    select * from {{ ref('ref_record_types') }}

),

list_types as (

    select * from {{ ref('ref_list_types') }}

),

{% for feed, dataset, _ in dishonest_datasets() %}
{{ feed }}_{{ dataset }} as (

    select
        '{{ feed }}' as feed,
        '{{ dataset }}' as dataset,
        md5(concat('{{ feed }}', '|', '{{ dataset }}', '|', record_key)) as record_id,
        identity_key,
        {{ 'document_no' if dataset in documented else 'cast(null as varchar)' }} as document_no,
        {{ 'list_type' if dataset == 'entries' else 'cast(null as varchar)' }} as list_type,
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

left_once as (

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
    inner join left_once
        on united.record_id = left_once.record_id

),

standing as (

    select * from versions
    where place = 1
        and not is_withdrawn

),

withdrawn as (

    select
        versions.feed,
        versions.dataset,
        versions.record_id,
        versions.list_type,
        versions.handed_over_date as withdrawn_date,
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
    withdrawn.record_id,
    withdrawn.withdrawn_date,
    {{ about_key(
        'record_types.breach_type', 'withdrawn.document_no', 'withdrawn.authority', 'links.subject_id'
    ) }} as about_key
from withdrawn
left join list_types
    on withdrawn.list_type = list_types.list_type
inner join record_types
    on withdrawn.feed = record_types.feed
    and withdrawn.dataset = record_types.dataset
    -- the type of an entry is the kind of its list
    and (
        withdrawn.dataset <> 'entries'
        or record_types.record_type = concat(list_types.kind, '_listing')
    )
left join links
    on withdrawn.identity_key = links.identity_key
where record_types.breach_type is not null
