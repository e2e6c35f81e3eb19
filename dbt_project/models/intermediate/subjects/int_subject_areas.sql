-- One row per registered subject: its district by the first of four sources that says one. The
-- address comes first, because digits 3 to 8 of the code name the registering authority; nothing is
-- guessed beyond the four.
with

subjects as (

    select * from {{ ref('int_registrations') }}

),

words as (

    select * from {{ ref('ref_area_words') }}

),

districts as (

    select distinct district_code from words
    where district_source = 'address'

),

authorities as (

    select * from {{ ref('int_authority_areas') }}

),

addressed as (

    select
        subjects.record_key,
        -- a district's own name beats a zone's; of several the first in the address
        min(concat(
            case words.district_source when 'address' then '1' else '2' end,
            lpad(cast(instr(subjects.address, words.word) as varchar), 4, '0'),
            words.district_code
        )) as first_match
    from subjects
    inner join words
        on instr(subjects.address, words.word) > 0
    group by subjects.record_key

),

resolved as (

    select
        subjects.record_key,
        case
            when addressed.first_match is not null then right(addressed.first_match, 6)
            when districts.district_code is not null then districts.district_code
            else authorities.district_code
        end as district_code,
        case
            when left(addressed.first_match, 1) = '1' then 'address'
            when left(addressed.first_match, 1) = '2' then 'zone'
            when districts.district_code is not null then 'uscc'
            when authorities.district_code is not null then 'authority'
        end as district_source
    from subjects
    left join addressed
        on subjects.record_key = addressed.record_key
    left join districts
        on substring(subjects.uscc, 3, 6) = districts.district_code
    left join authorities
        on subjects.authority = authorities.authority

)

select * from resolved
