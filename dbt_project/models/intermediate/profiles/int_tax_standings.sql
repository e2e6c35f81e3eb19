-- One row per subject with a tax rating that may be shown: the one of its latest year.
with

ratings as (

    select * from {{ ref('int_records__tax_ratings') }}

),

records as (

    select * from {{ ref('int_credit_records') }}

),

shown as (

    select
        records.subject_id,
        records.record_id,
        ratings.tax_rating,
        ratings.rating_year,
        row_number() over (
            partition by records.subject_id
            order by
                ratings.rating_year desc nulls last,
                ratings.occurred_date desc nulls last,
                ratings.record_id
        ) as place
    from records
    inner join ratings
        on records.record_id = ratings.record_id
    where records.record_type = 'tax_rating'
        and records.is_visible

),

standings as (

    select
        subject_id,
        record_id,
        tax_rating,
        cast(rating_year as bigint) as tax_rating_year
    from shown
    where place = 1

)

select * from standings
