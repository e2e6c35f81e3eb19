-- One row per dimension, peer group and score that occurs in it: the percentile of that score among
-- all subjects of the group, those included that are themselves compared within a smaller group.
with

scores as (

    select * from {{ ref('int_portrait_scores') }}
    where score is not null

),

peer_groups as (

    select * from {{ ref('int_peer_groups') }}

),

counted as (

    -- counted once for each sector and district: the groups are sums of these
    select
        scores.dimension_code,
        scores.score,
        peer_groups.industry_section,
        peer_groups.district_code,
        count(*) as subjects
    from scores
    inner join peer_groups
        on scores.subject_id = peer_groups.subject_id
    group by
        scores.dimension_code,
        scores.score,
        peer_groups.industry_section,
        peer_groups.district_code

),

in_groups as (

    select
        dimension_code,
        score,
        subjects,
        industry_section || '-' || district_code as peer_group
    from counted

    union all

    select dimension_code, score, subjects, industry_section as peer_group from counted

    union all

    select dimension_code, score, subjects, '150100' as peer_group from counted

),

by_score as (

    select
        dimension_code,
        peer_group,
        score,
        sum(subjects) as subjects
    from in_groups
    where peer_group is not null
    group by dimension_code, peer_group, score

),

placed as (

    select
        dimension_code,
        peer_group,
        score,
        cast(subjects as double) as same,
        cast(
            sum(subjects) over (partition by dimension_code, peer_group order by score) as double
        ) as not_better,
        cast(sum(subjects) over (partition by dimension_code, peer_group) as double) as peers
    from by_score

),

percentiles as (

    select
        dimension_code,
        peer_group,
        score,
        -- percentile rank: half of those with the same score count as lower
        cast(round(100 * (not_better - same / 2) / peers, 4) as decimal(9, 4)) as peer_percentile
    from placed

)

select * from percentiles
