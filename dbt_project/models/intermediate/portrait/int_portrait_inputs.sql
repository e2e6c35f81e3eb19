-- One row per subject and input of the portrait whose dataset has come: its value, and the points
-- of its bin. An input without value (no rating, no head count) has no points and counts as
-- missing.
with

features as (

    select * from {{ ref('int_subject_features') }}

),

inputs as (

    select * from {{ ref('ref_portrait_inputs') }}

),

scorecard as (

    select * from {{ ref('ref_portrait_scorecard') }}

),

received as (

    select * from {{ ref('int_datasets_received') }}

),

collected as (

    select
        inputs.dimension_code,
        inputs.feature
    from inputs
    inner join received
        on inputs.feed = received.feed
        and inputs.dataset = received.dataset

),

valued as (

    select
        features.subject_id,
        collected.dimension_code,
        collected.feature,
        {{ feature_number('collected.feature', 'features') }} as number_value,
        {{ feature_category('collected.feature', 'features') }} as category_value
    from features
    cross join collected

),

scored as (

    select
        valued.subject_id,
        valued.dimension_code,
        valued.feature,
        scorecard.points
    from valued
    inner join scorecard
        on valued.feature = scorecard.feature
        and (
            (scorecard.kind = 'cat' and valued.category_value = scorecard.cat)
            or (
                scorecard.kind = 'range'
                and (scorecard.lo is null or valued.number_value >= scorecard.lo)
                and (scorecard.hi is null or valued.number_value < scorecard.hi)
                and valued.number_value is not null
            )
        )

)

select * from scored
