-- One row per active subject and value that the evaluation card looks at; of penalties one row
-- each, because the points of each fall with its age in months. What is not there has no row and no
-- points. record_id: where the value is of one record alone.
with

features as (

    select * from {{ ref('int_subject_features') }}
    where is_active

),

records as (

    select * from {{ ref('int_credit_records') }}
    where record_type = 'penalty'
        and is_visible

),

penalties as (

    select
        records.subject_id,
        records.record_id,
        'penalty_' || records.severity as feature,
        {{ full_months('records.occurred_date', as_of()) }} as number_value
    from records
    inner join features
        on records.subject_id = features.subject_id

),

numbers as (

    select subject_id, 'abnormal_count' as feature, cast(abnormal_count as double) as number_value
    from features
    where abnormal_count > 0

    union all

    select subject_id, 'tax_arrears_ratio' as feature, tax_arrears_ratio as number_value
    from features
    where tax_arrears_ratio > 0

    union all

    -- arrears against an unknown capital
    select subject_id, 'tax_arrears_unrated' as feature, 1 as number_value
    from features
    where tax_arrears_ratio is null

    union all

    select
        subject_id,
        'social_overdue_months' as feature,
        cast(social_overdue_months as double) as number_value
    from features
    where social_overdue_months is not null

    union all

    select subject_id, 'headcount_change' as feature, headcount_change as number_value
    from features
    where headcount_change is not null

    union all

    select subject_id, 'age_years' as feature, cast(age_years as double) as number_value
    from features
    where age_years is not null

    union all

    select subject_id, 'permits_valid' as feature, cast(permits_valid as double) as number_value
    from features
    where permits_valid > 0

),

united as (

    select
        subject_id,
        feature,
        record_id,
        cast(number_value as double) as number_value,
        cast(null as string) as category_value
    from penalties

    union all

    select
        subject_id,
        feature,
        cast(null as string) as record_id,
        number_value,
        cast(null as string) as category_value
    from numbers

    union all

    select
        subject_id,
        'tax_rating' as feature,
        cast(null as string) as record_id,
        cast(null as double) as number_value,
        tax_rating as category_value
    from features
    where tax_rating is not null

)

select * from united
