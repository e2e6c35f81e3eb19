-- One row per subject with a record that may be shown: how many of each kind that portrait and
-- loan card look at.
with

records as (

    select * from {{ ref('int_credit_records') }}

),

counted as (

    select
        subject_id,
        sum(case when feed = 'registration' and dataset = 'abnormal' then 1 else 0 end)
            as abnormal_count,
        sum(case when feed = 'tax' and dataset = 'violations' then 1 else 0 end)
            as tax_violation_count,
        sum(case when feed = 'social_security' and dataset = 'arrears' then 1 else 0 end)
            as social_arrears_count,
        sum(case when feed = 'social_security' and dataset = 'wage_arrears_list' then 1 else 0 end)
            as wage_list_count,
        sum(case when polarity = -1 then 1 else 0 end) as negative_count,
        sum(case when feed = 'tax' and dataset = 'ratings' and polarity = 1 then 1 else 0 end)
            as honour_count
    from records
    where is_visible
    group by subject_id

)

select * from counted
