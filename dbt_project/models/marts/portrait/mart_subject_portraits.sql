-- One row per subject and dimension: the portrait. A subject that is not active has no score and
-- no peers.
with

scores as (

    select * from {{ ref('int_portrait_scores') }}

),

peer_groups as (

    select * from {{ ref('int_peer_groups') }}

),

grouped as (

    select
        scores.subject_id,
        scores.dimension_code,
        scores.score,
        peer_groups.peer_group,
        scores.coverage
    from scores
    left join peer_groups
        on scores.subject_id = peer_groups.subject_id

),

ranked as (

    select
        *,
        -- subjects without a score are no peers: they stand in partitions of their own
        rank() over (
            partition by dimension_code, peer_group, case when score is null then 1 else 0 end
            order by score nulls last
        ) as place,
        cume_dist() over (
            partition by dimension_code, peer_group, case when score is null then 1 else 0 end
            order by score nulls last
        ) as share_not_better,
        count(*) over (
            partition by dimension_code, peer_group, case when score is null then 1 else 0 end
        ) as peers
    from grouped

),

released as (

    select
        subject_id,
        dimension_code,
        cast(score as decimal(9, 4)) as score,
        peer_group,
        -- percentile rank: half of those with the same score count as lower
        case
            when score is not null then cast(
                round(50 * (cast(place - 1 as double) / peers + share_not_better), 4)
                as decimal(9, 4)
            )
        end as peer_percentile,
        cast(coverage as decimal(9, 4)) as coverage
    from ranked

)

select * from released
