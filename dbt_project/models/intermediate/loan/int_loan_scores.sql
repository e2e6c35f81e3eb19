-- One row per scored subject and model: score = base + the sum of its whole points.
with

points as (

    select * from {{ ref('int_loan_points') }}

),

models as (

    select * from {{ ref('ref_loan_models') }}

),

summed as (

    select
        subject_id,
        model_id,
        sum(points) as points
    from points
    group by subject_id, model_id

),

scores as (

    select
        summed.subject_id,
        summed.model_id,
        cast(models.base + summed.points as bigint) as score
    from summed
    inner join models
        on summed.model_id = models.model_id

)

select * from scores
