-- One row per subject and dimension: the portrait. A subject that is not active has no score and
-- no peers.
with

scores as (

    select * from {{ ref('int_portrait_scores') }}

),

peer_groups as (

    select * from {{ ref('int_peer_groups') }}

),

percentiles as (

    select * from {{ ref('int_peer_percentiles') }}

),

released as (

    select
        scores.subject_id,
        scores.dimension_code,
        cast(scores.score as decimal(9, 4)) as score,
        peer_groups.peer_group,
        cast(percentiles.peer_percentile as decimal(9, 4)) as peer_percentile,
        cast(scores.coverage as decimal(9, 4)) as coverage
    from scores
    left join peer_groups
        on scores.subject_id = peer_groups.subject_id
    left join percentiles
        on scores.dimension_code = percentiles.dimension_code
        and peer_groups.peer_group = percentiles.peer_group
        and scores.score = percentiles.score

)

select * from released
