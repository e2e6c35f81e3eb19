-- One row per active subject: whom it is compared with. Sector and district where at least 30
-- active subjects share them, else the sector under the same condition, else the whole city.
{% set least_peers = 30 %}
with

subjects as (

    select * from {{ ref('int_subjects') }}

),

counted as (

    select
        subject_id,
        industry_section,
        district_code,
        count(*) over (partition by industry_section, district_code) as in_both,
        count(*) over (partition by industry_section) as in_sector
    from subjects
    where is_active

),

grouped as (

    select
        subject_id,
        industry_section,
        district_code,
        case
            when
                industry_section is not null
                and district_code is not null
                and in_both >= {{ least_peers }}
                then industry_section || '-' || district_code
            when industry_section is not null and in_sector >= {{ least_peers }}
                then industry_section
            else '150100'
        end as peer_group
    from counted

)

select * from grouped
