-- One row per tax rating: A is an honour, C and D weigh against the subject, B and M say neither.
-- Of several years the latest is the subject's rating.
with

ratings as (

    select * from {{ ref('stg_tax__ratings') }}

),

links as (

    select * from {{ ref('int_identity_links') }}

),

terms as (

    select * from {{ ref('ref_record_types') }}

),

current_ratings as (

    {{ current_version('ratings') }}

)

select
    {{ record_columns('tax', 'ratings', 'current_ratings') }},
    terms.record_type,
    case
        when current_ratings.tax_rating = 'A' then 1
        when current_ratings.tax_rating in ('C', 'D') then -1
        else 0
    end as polarity,
    cast(null as varchar) as severity,
    current_ratings.rated_date as occurred_date,
    cast(null as decimal(18, 2)) as amount_yuan,
    cast(null as decimal(18, 2)) as confiscated_yuan,
    cast(null as varchar) as document_no,
    {{ add_months('current_ratings.rated_date', 'terms.term_months') }} as visible_until,
    cast(null as varchar) as legal_basis,
    true as is_published,
    false as is_ended,
    cast(null as date) as removed_date,
    row_number() over (
        partition by coalesce(links.subject_id, links.identity_key)
        order by
            current_ratings.rating_year desc nulls last,
            current_ratings.rated_date desc nulls last,
            current_ratings.record_key
    ) = 1 as is_latest_statement,
    cast(null as integer) as overdue_months,
    current_ratings.tax_rating,
    current_ratings.rating_year
from current_ratings
inner join links
    on current_ratings.identity_key = links.identity_key
inner join terms
    on terms.record_type = 'tax_rating'
-- a rating of a day after as_of, in a file of as_of's month, is not made yet
where current_ratings.rated_date <= {{ as_of() }}
