-- One row per active subject: the sum of its points, from 0 to 1000.
with

points as (

    select * from {{ ref('int_evaluation_points') }}

)

select
    subject_id,
    cast(sum(points) as decimal(9, 4)) as evaluation_score
from points
group by subject_id
