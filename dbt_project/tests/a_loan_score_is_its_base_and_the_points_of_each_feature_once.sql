-- Interface, invariant 4: base and points give the score, and no feature of the card is missing.
with

scores as (

    select * from {{ ref('mart_loan_scores') }}

),

points as (

    select * from {{ ref('mart_loan_score_points') }}

),

scorecard as (

    select * from {{ ref('ref_loan_scorecard') }}

),

card_features as (

    select
        model_id,
        count(distinct feature) as features
    from scorecard
    group by model_id

),

summed as (

    select
        subject_id,
        model_id,
        count(distinct feature) as features,
        sum(points) as points
    from points
    group by subject_id, model_id

),

wrong as (

    select
        scores.subject_id,
        scores.model_id
    from scores
    inner join card_features
        on scores.model_id = card_features.model_id
    left join summed
        on scores.subject_id = summed.subject_id
        and scores.model_id = summed.model_id
    where (scores.hard_stop_code is null) <> (scores.score is not null)
        or (scores.score is not null and scores.grade is null)
        or (scores.score is null and summed.subject_id is not null)
        or (
            scores.score is not null
            and (
                summed.subject_id is null
                or scores.score <> scores.base + summed.points
                or summed.features <> card_features.features
            )
        )

)

select * from wrong
