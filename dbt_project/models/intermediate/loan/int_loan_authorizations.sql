-- One row per authorisation whose subject was found: who allowed whom to look, from when until
-- when.
with

authorizations as (

    select * from {{ ref('stg_lending__authorizations') }}

),

links as (

    select * from {{ ref('int_identity_links') }}

),

linked as (

    select
        links.subject_id,
        authorizations.authorized_date,
        authorizations.valid_until
    from authorizations
    inner join links
        on authorizations.identity_key = links.identity_key
    where links.subject_id is not null

)

select * from linked
