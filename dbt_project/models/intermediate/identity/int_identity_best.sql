-- One row per open identity key that was compared: the subject it most likely means, and by how
-- much more than the next one.
with

scores as (

    select * from {{ ref('int_identity_scores') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by identity_key order by weight desc, subject_id asc
        ) as place,
        lead(weight) over (partition by identity_key order by weight desc, subject_id asc)
            as next_weight
    from scores

)

select
    identity_key,
    subject_id,
    name_level,
    rep_level,
    address_level,
    weight,
    -- what was compared with one subject alone stands as far from the least that is compared
    round(weight - coalesce(next_weight, -20), 6) as margin
from ranked
where place = 1
