-- One row per active subject: base and points of the expert card, each code of it within its cap,
-- from 0 to 1000.
{% set lowest, highest = 0, 1000 %}  {# the scale of the public interface #}
with

features as (

    select * from {{ ref('int_subject_features') }}

),

evaluation_values as (

    select * from {{ ref('int_evaluation_values') }}

),

scorecard as (

    select * from {{ ref('ref_evaluation_scorecard') }}

),

caps as (

    select * from {{ ref('ref_evaluation_caps') }}

),

by_code as (

    select
        evaluation_values.subject_id,
        scorecard.score_code,
        sum(scorecard.points) as points
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
    group by evaluation_values.subject_id, scorecard.score_code

),

by_subject as (

    select
        by_code.subject_id,
        sum(
            case
                when caps.score_code is null then by_code.points
                else greatest(caps.points_min, least(caps.points_max, by_code.points))
            end
        ) as points
    from by_code
    left join caps
        on by_code.score_code = caps.score_code
    group by by_code.subject_id

),

base as (

    select sum(points) as points from scorecard
    where kind = 'base'

),

scores as (

    select
        features.subject_id,
        cast(
            greatest(
                {{ lowest }},
                least({{ highest }}, base.points + coalesce(by_subject.points, 0))
            ) as decimal(9, 4)
        ) as evaluation_score
    from features
    cross join base
    left join by_subject
        on features.subject_id = by_subject.subject_id
    where features.is_active

)

select * from scores
