-- One row per identity key that no code decides, with all that linkage compares.
with

open_keys as (

    select
        *,
        {{ place_of('address') }} as place
    from {{ ref('int_identity_open_keys') }}

),

parts as (

    select * from {{ ref('int_name_parts') }}

),

sounds as (

    select * from {{ ref('int_sounds') }}

)

select
    open_keys.identity_key,
    open_keys.claimed_subject_id,
    open_keys.uscc,
    open_keys.registration_no,
    open_keys.authority_district,
    {{ compared_columns('open_keys') }}
from open_keys
inner join parts
    on open_keys.name_key = parts.name_key
left join sounds as name_sounds
    on parts.trade_name = name_sounds.text
