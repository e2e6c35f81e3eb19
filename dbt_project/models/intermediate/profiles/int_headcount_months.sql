-- One row per subject and month of the last fourteen: the insured persons of all its units.
-- Older months serve no figure at as_of, and most rows of the lake are head counts.
with

headcounts as (

    select * from {{ ref('stg_social_security__headcounts') }}
    where period_month <= {{ as_of() }}
        and period_month >= {{ as_of() }} - interval '14' month

),

links as (

    select * from {{ ref('int_identity_links') }}

),

units as (

    -- not by window: most rows of the lake are head counts
    select
        record_key,
        period_month,
        max_by(identity_key, version_no) as identity_key,
        max_by(insured_headcount, version_no) as insured_headcount,
        max_by(is_withdrawn, version_no) as is_withdrawn
    from headcounts
    group by record_key, period_month

)

select
    links.subject_id,
    units.period_month,
    cast(sum(units.insured_headcount) as bigint) as insured_headcount
from units
inner join links
    on units.identity_key = links.identity_key
where links.subject_id is not null
    and not units.is_withdrawn
group by links.subject_id, units.period_month
