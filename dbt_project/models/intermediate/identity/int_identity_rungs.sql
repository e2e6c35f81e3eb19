-- One row per identity key: whom each rung of the ladder names, and whether its code is in doubt.
with

keys as (

    select * from {{ ref('int_identity_keys') }}

),

codes as (

    select * from {{ ref('int_identity_codes') }}

),

levels as (

    select * from {{ ref('int_identity_levels') }}

),

candidates as (

    select * from {{ ref('int_identity_candidates') }}

),

best as (

    select * from {{ ref('int_identity_best') }}

),

limits as (

    select * from {{ ref('ref_linkage_limits') }}

),

open_keys as (

    select * from {{ ref('int_identity_open_keys') }}

),

supported as (

    -- the owner of the code has at least something of what the row says
    select distinct identity_key
    from levels
    where is_claimed
        and (
            name_level not in ('trade', 'other')
            or rep_level = 'same'
            or address_level in ('same', 'house')
        )

),

ladder as (

    select
        identity_key,
        max(case when match_method = 'damaged_code' and subjects = 1 then subject_id end)
            as by_damaged_code,
        max(case when match_method = 'name_district' and subjects = 1 then subject_id end)
            as by_name_in_district,
        max(case when match_method = 'name_second' and subjects = 1 then subject_id end)
            as by_name_and_second,
        max(subjects) as most_subjects
    from candidates
    group by identity_key

)

select
    keys.identity_key,
    keys.uscc,
    keys.org_code,
    keys.registration_no,
    keys.name,
    codes.match_method as code_method,
    codes.subject_id as by_code,
    codes.subject_id is not null
    and open_keys.identity_key is not null
    and supported.identity_key is null as is_doubted,
    ladder.by_damaged_code,
    ladder.by_name_in_district,
    ladder.by_name_and_second,
    ladder.most_subjects,
    best.weight,
    best.margin,
    best.name_level,
    case
        when best.weight >= limits.link_weight and best.margin >= limits.link_margin
            then best.subject_id
    end as by_likelihood,
    limits.review_weight,
    limits.sure_weight,
    limits.model_version
from keys
cross join limits
left join codes
    on keys.identity_key = codes.identity_key
left join open_keys
    on keys.identity_key = open_keys.identity_key
left join supported
    on keys.identity_key = supported.identity_key
left join ladder
    on keys.identity_key = ladder.identity_key
left join best
    on keys.identity_key = best.identity_key
