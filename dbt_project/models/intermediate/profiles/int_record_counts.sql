-- One row per subject with a record that may be shown: what profile, portrait and loan card count
-- and sum.
with

records as (

    select * from {{ ref('int_credit_records') }}

),

marked as (

    select
        subject_id,
        record_type,
        polarity,
        is_serious_list,
        overdue_months,
        case when record_type = 'penalty' and polarity = -1 then 1 else 0 end as is_penalty,
        case when occurred_date > {{ as_of() }} - interval '12' month then 1 else 0 end
            as is_recent,
        -- of several statements of one debt only the latest one is owed
        case when is_latest_statement then amount_yuan end as amount_yuan
    from records
    where is_visible

),

counted as (

    select
        subject_id,
        cast(sum(is_penalty) as bigint) as penalty_count_visible,
        cast(sum(is_penalty * is_recent) as bigint) as penalty_count_12m,
        cast(sum(case when is_penalty = 1 then amount_yuan end) as decimal(18, 2))
            as fines_yuan_visible,
        cast(sum(case when record_type = 'tax_arrears' then amount_yuan end) as decimal(18, 2))
            as tax_arrears_yuan,
        cast(sum(case when record_type = 'social_arrears' then amount_yuan end) as decimal(18, 2))
            as social_arrears_yuan,
        max(case when record_type = 'social_arrears' then overdue_months end)
            as social_overdue_months,
        cast(sum(case when record_type = 'permit' then 1 else 0 end) as bigint) as permits_valid,
        cast(sum(case when record_type = 'abnormal_operation' then 1 else 0 end) as bigint)
            as abnormal_count,
        cast(sum(case when record_type = 'tax_violation' then 1 else 0 end) as bigint)
            as tax_violation_count,
        cast(sum(case when record_type = 'social_arrears' then 1 else 0 end) as bigint)
            as social_arrears_count,
        cast(sum(case when record_type = 'wage_arrears_listing' then 1 else 0 end) as bigint)
            as wage_list_count,
        cast(sum(case when polarity = -1 then 1 else 0 end) as bigint) as negative_count,
        cast(sum(case when record_type = 'tax_rating' and polarity = 1 then 1 else 0 end) as bigint)
            as honour_count,
        max(case when is_serious_list then 1 else 0 end) = 1 as is_on_serious_list
    from marked
    group by subject_id

)

select * from counted
