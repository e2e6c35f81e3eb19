-- One row per scored subject, model and feature: the bin its value falls into, the points of the
-- bin, and the points lost against the best bin of the feature. Only subjects with a valid
-- authorisation and without a hard stop.
with

candidates as (

    select * from {{ ref('int_loan_candidates') }}

),

features as (

    select * from {{ ref('int_subject_features') }}

),

scorecard as (

    select * from {{ ref('ref_loan_scorecard') }}

),

card_features as (

    select
        model_id,
        feature,
        max(points) as points_best,
        -- one reason code a feature
        min(reason_code) as reason_code
    from scorecard
    group by model_id, feature

),

valued as (

    select
        candidates.subject_id,
        card_features.model_id,
        card_features.feature,
        card_features.points_best,
        card_features.reason_code,
        {{ feature_number('card_features.feature', 'features') }} as number_value,
        {{ feature_category('card_features.feature', 'features') }} as category_value
    from candidates
    inner join features
        on candidates.subject_id = features.subject_id
    inner join card_features
        on candidates.model_id = card_features.model_id
    where candidates.hard_stop_code is null

),

binned as (

    select
        valued.subject_id,
        valued.model_id,
        valued.feature,
        scorecard.bin_no,
        scorecard.points,
        valued.reason_code,
        valued.points_best - scorecard.points as points_lost
    from valued
    inner join scorecard
        on valued.model_id = scorecard.model_id
        and valued.feature = scorecard.feature
        and (
            (scorecard.kind = 'cat' and valued.category_value = scorecard.cat)
            or (
                scorecard.kind = 'range'
                and valued.number_value is not null
                and (scorecard.lo is null or valued.number_value >= scorecard.lo)
                and (scorecard.hi is null or valued.number_value < scorecard.hi)
            )
            or (
                scorecard.kind = 'missing'
                and valued.number_value is null
                and valued.category_value is null
            )
        )

)

select * from binned
