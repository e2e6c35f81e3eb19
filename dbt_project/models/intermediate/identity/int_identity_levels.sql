-- One row per pair that is compared: how far its names, persons and addresses agree.
with

asked as (

    select * from {{ ref('int_identity_residue') }}

),

known as (

    select * from {{ ref('int_identity_known') }}

),

subjects as (

    select * from {{ ref('int_subjects') }}

),

pairs as (

    select * from {{ ref('int_identity_pairs') }}

),

compared as (

    select
        pairs.identity_key,
        pairs.subject_id,
        asked.name_key as asked_name,
        known.name_key,
        known.core,
        known.trade_name,
        known.representative,
        coalesce(asked.claimed_subject_id = pairs.subject_id, false) as is_claimed,
        coalesce(asked.core = known.core, false) as has_core,
        coalesce(asked.core_sound = known.core_sound, false) as has_core_sound,
        coalesce(asked.trade_name = known.trade_name, false) as has_trade_name,
        coalesce(asked.trade_sound = known.trade_sound, false) as has_trade_sound,
        coalesce(asked.trade = known.trade, false) as has_trade,
        case
            when asked.representative is null or known.representative is null then 'not_given'
            when asked.representative = known.representative then 'same'
            else 'other'
        end as rep_level,
        case
            when asked.address is null or known.address is null then 'not_given'
            when asked.address = known.address then 'same'
            when asked.house = known.house then 'house'
            when asked.district = known.district then 'district'
            else 'other'
        end as address_level
    from pairs
    inner join asked
        on pairs.identity_key = asked.identity_key
    inner join known
        on pairs.subject_id = known.subject_id
        and pairs.name_key = known.name_key
    inner join subjects
        on pairs.subject_id = subjects.subject_id
    -- a number of its own that is another one than the subject's: about somebody else
    where asked.registration_no is null
        or subjects.registration_no is null
        or asked.claimed_subject_id is not null

),

{{ shared_beginnings('compared', 'asked_name', 'name_key') }}

select
    identity_key,
    subject_id,
    name_key,
    core,
    trade_name,
    representative,
    is_claimed,
    case
        when asked_name = name_key then 'full_name'
        when has_core then 'core'
        when has_core_sound then 'core_sound'
        when {{ is_one_error('asked_name', 'name_key') }} then 'one_error'
        when has_trade_name then 'trade_name'
        when has_trade_sound then 'trade_sound'
        when has_trade then 'trade'
        else 'other'
    end as name_level,
    rep_level,
    address_level
from beginnings
