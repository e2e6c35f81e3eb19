-- What did not come is never guessed: an unavailable leaf has no points, no value, no counts.
with

indicators as (

    select * from {{ ref('mart_city_credit_index') }}

),

guessed as (

    select period, area_code, spec_version, indicator_code
    from indicators
    where source_mode = 'unavailable'
        and (
            points <> 0
            or (
                level = 4
                and (numerator is not null or denominator is not null or value is not null)
            )
        )

)

select * from guessed
