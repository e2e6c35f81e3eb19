-- One row per authority whose name says a district: the district. An authority of the city or
-- region has none.
with

keys as (

    select * from {{ ref('int_identity_keys') }}

),

registrations as (

    select * from {{ ref('int_registrations') }}

),

words as (

    select * from {{ ref('ref_area_words') }}

),

authorities as (

    select distinct authority from keys
    where authority is not null
    union
    select distinct authority from registrations
    where authority is not null

),

matched as (

    select
        authorities.authority,
        min(concat(
            case words.district_source when 'address' then '1' else '2' end,
            lpad(cast(instr(authorities.authority, words.word) as varchar), 4, '0'),
            words.district_code
        )) as first_match
    from authorities
    inner join words
        on instr(authorities.authority, words.word) > 0
    group by authorities.authority

)

select
    authority,
    right(first_match, 6) as district_code
from matched
