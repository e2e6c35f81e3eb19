-- One row per subject and tag: what stands out about an active subject, with the latest released
-- record that shows it where the tag rests on records.
with

tags as (

    select * from {{ ref('ref_portrait_tags') }}

),

records as (

    select * from {{ ref('int_credit_records') }}

),

features as (

    select * from {{ ref('int_subject_features') }}

),

from_records as (

    select
        records.subject_id,
        tags.tag_code,
        tags.tag_name,
        records.record_id as evidence_record_id,
        row_number() over (
            partition by records.subject_id, tags.tag_code
            order by records.occurred_date desc, records.record_id
        ) as place
    from tags
    inner join records
        on tags.feed = records.feed
        and tags.dataset = records.dataset
        and (tags.polarity is null or tags.polarity = records.polarity)
        and (tags.severity is null or tags.severity = records.severity)
    inner join features
        on records.subject_id = features.subject_id
    where tags.kind = 'record'
        and records.is_visible
        -- an A of a year before, or a debt stated earlier, is not what stands out now
        and records.is_latest_statement
        and features.is_active

),

valued as (

    select
        features.subject_id,
        tags.tag_code,
        tags.tag_name,
        tags.lower,
        tags.upper,
        {{ feature_number('tags.feature', 'features') }} as number_value
    from features
    cross join tags
    where tags.kind = 'input'
        and features.is_active

),

tagged as (

    select subject_id, tag_code, tag_name, evidence_record_id
    from from_records
    where place = 1

    union all

    select subject_id, tag_code, tag_name, cast(null as string) as evidence_record_id
    from valued
    where number_value is not null
        and (lower is null or number_value >= lower)
        and (upper is null or number_value < upper)

)

select * from tagged
