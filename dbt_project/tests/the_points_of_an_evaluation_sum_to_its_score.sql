-- Who has a score has points that sum to it exactly, and nobody else has points.
with

profiles as (

    select * from {{ ref('mart_subject_profiles') }}

),

points as (

    select * from {{ ref('mart_evaluation_points') }}

),

summed as (

    select
        subject_id,
        sum(points) as points
    from points
    group by subject_id

),

wrong as (

    select profiles.subject_id
    from profiles
    left join summed
        on profiles.subject_id = summed.subject_id
    where coalesce(profiles.evaluation_score, -1) <> coalesce(summed.points, -1)

)

select * from wrong
