-- One row per subject: the features that evaluation, portraits and loan card score. Null means not
-- known; no record in a dataset is a count of 0 (whether the dataset came at all is judged where
-- the feature is used).
with

subjects as (

    select * from {{ ref('int_subjects') }}

),

standings as (

    select * from {{ ref('int_tax_standings') }}

),

record_counts as (

    select * from {{ ref('int_record_counts') }}

),

penalty_weights as (

    select * from {{ ref('int_penalty_weights') }}

),

headcounts as (

    select * from {{ ref('int_headcount_changes') }}

),

joined as (

    select
        subjects.subject_id,
        subjects.is_active,
        coalesce(record_counts.is_on_serious_list, false) as is_on_serious_list,
        {{ full_years('subjects.established_date', as_of()) }} as age_years,
        subjects.registered_capital_yuan,
        coalesce(penalty_weights.penalty_weight, 0) as penalty_weight,
        coalesce(record_counts.abnormal_count, 0) as abnormal_count,
        standings.tax_rating,
        coalesce(record_counts.tax_arrears_yuan, 0) as tax_arrears_yuan,
        case
            when coalesce(record_counts.tax_arrears_yuan, 0) = 0 then 0
            -- arrears against an unknown or zero capital are not a ratio
            when subjects.registered_capital_yuan > 0 then round(
                cast(record_counts.tax_arrears_yuan as double)
                / cast(subjects.registered_capital_yuan as double), 6
            )
        end as tax_arrears_ratio,
        coalesce(record_counts.tax_violation_count, 0) as tax_violation_count,
        headcounts.insured_headcount,
        headcounts.headcount_change,
        coalesce(record_counts.social_arrears_count, 0) as social_arrears_count,
        record_counts.social_overdue_months,
        coalesce(record_counts.wage_list_count, 0) as wage_list_count,
        coalesce(record_counts.negative_count, 0) as negative_count,
        coalesce(record_counts.permits_valid, 0) as permits_valid,
        coalesce(record_counts.honour_count, 0) as honour_count
    from subjects
    left join standings
        on subjects.subject_id = standings.subject_id
    left join record_counts
        on subjects.subject_id = record_counts.subject_id
    left join penalty_weights
        on subjects.subject_id = penalty_weights.subject_id
    left join headcounts
        on subjects.subject_id = headcounts.subject_id

)

select * from joined
