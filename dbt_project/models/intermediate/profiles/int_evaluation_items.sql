-- One row per value of the evaluation card and item of the card that it falls into, with the points
-- it makes there.
with

evaluation_values as (

    select * from {{ ref('int_evaluation_values') }}

),

scorecard as (

    -- points_max: what the best value of an input earns, at least that nothing is lost
    select
        *,
        greatest(max(points) over (partition by feature), 0) as points_max
    from {{ ref('ref_evaluation_scorecard') }}

)

select
    evaluation_values.subject_id,
    evaluation_values.feature,
    evaluation_values.record_id,
    evaluation_values.number_value,
    evaluation_values.category_value,
    scorecard.item_code,
    scorecard.score_code,
    scorecard.points,
    scorecard.points_max
from evaluation_values
inner join scorecard
    on evaluation_values.feature = scorecard.feature
    and (
        (
            scorecard.kind = 'category'
            and evaluation_values.category_value = scorecard.category
        )
        or (
            scorecard.kind = 'range'
            and (scorecard.lower is null or evaluation_values.number_value >= scorecard.lower)
            and (scorecard.upper is null or evaluation_values.number_value < scorecard.upper)
        )
    )
