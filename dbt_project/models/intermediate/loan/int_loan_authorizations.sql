-- One row per authorisation in the version that counts whose subject was found: from when until
-- when others may look into its data.
with

authorizations as (

    select * from {{ ref('stg_lending__authorizations') }}

),

current_authorizations as (

    {{ current_version('authorizations') }}

),

links as (

    select * from {{ ref('int_identity_links') }}

),

linked as (

    select
        links.subject_id,
        current_authorizations.authorized_date,
        current_authorizations.valid_until
    from current_authorizations
    inner join links
        on current_authorizations.identity_key = links.identity_key
    where links.subject_id is not null

)

select * from linked
