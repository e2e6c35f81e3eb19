-- One row per scored subject and model: the codes of the four features on which most points were
-- lost, most lost first, equal losses by code; null where fewer features lost points.
with

points as (

    select * from {{ ref('int_loan_points') }}

),

ranked as (

    select
        subject_id,
        model_id,
        reason_code,
        row_number() over (
            partition by subject_id, model_id
            order by points_lost desc, reason_code
        ) as place
    from points
    where points_lost > 0

),

reasons as (

    select
        subject_id,
        model_id,
        max(case when place = 1 then reason_code end) as reason_1,
        max(case when place = 2 then reason_code end) as reason_2,
        max(case when place = 3 then reason_code end) as reason_3,
        max(case when place = 4 then reason_code end) as reason_4
    from ranked
    where place <= 4
    group by subject_id, model_id

)

select * from reasons
