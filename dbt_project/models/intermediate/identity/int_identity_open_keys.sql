-- One row per identity key that no code decides: without one of the register, or with one whose
-- owner never had the name. A valid code that is not registered names a subject of its own: closed.
with

keys as (

    select * from {{ ref('int_identity_keys') }}

),

codes as (

    select * from {{ ref('int_identity_codes') }}

),

subject_names as (

    select * from {{ ref('int_subject_names') }}

),

authorities as (

    select * from {{ ref('int_authority_areas') }}

)

select
    keys.identity_key,
    codes.subject_id as claimed_subject_id,
    keys.uscc,
    keys.registration_no,
    keys.name_key,
    keys.representative,
    keys.address,
    authorities.district_code as authority_district
from keys
left join codes
    on keys.identity_key = codes.identity_key
left join subject_names
    on codes.subject_id = subject_names.subject_id
    and keys.name_key = subject_names.name_key
left join authorities
    on keys.authority = authorities.authority
where keys.name_key is not null
    and subject_names.subject_id is null
    and (
        codes.subject_id is not null
        or (keys.uscc is null and keys.org_code is null)
        or not {{ uscc_is_valid('keys.uscc') }}
    )
