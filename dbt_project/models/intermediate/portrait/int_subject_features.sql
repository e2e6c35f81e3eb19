-- One row per subject: the features that portraits and loan card score. Null means not known; no
-- record in a dataset is a count of 0 (whether the dataset came at all is judged where the
-- feature is used).
with

subjects as (

    select * from {{ ref('int_subjects') }}

),

facts as (

    select * from {{ ref('int_subject_facts') }}

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
        coalesce(facts.is_on_serious_list, false) as is_on_serious_list,
        {{ full_years('subjects.established_date', as_of()) }} as age_years,
        subjects.registered_capital_yuan,
        coalesce(penalty_weights.penalty_weight, 0) as penalty_weight,
        coalesce(record_counts.abnormal_count, 0) as abnormal_count,
        facts.tax_rating,
        case
            when coalesce(facts.tax_arrears_yuan, 0) = 0 then 0
            -- arrears against an unknown or zero capital are not a ratio
            when subjects.registered_capital_yuan > 0 then round(
                cast(facts.tax_arrears_yuan as double)
                / cast(subjects.registered_capital_yuan as double), 6
            )
        end as tax_arrears_ratio,
        coalesce(record_counts.tax_violation_count, 0) as tax_violation_count,
        headcounts.insured_headcount,
        headcounts.headcount_change,
        coalesce(record_counts.social_arrears_count, 0) as social_arrears_count,
        coalesce(record_counts.wage_list_count, 0) as wage_list_count,
        coalesce(record_counts.negative_count, 0) as negative_count,
        coalesce(facts.permits_valid, 0) as permits_valid,
        coalesce(record_counts.honour_count, 0) as honour_count
    from subjects
    left join facts
        on subjects.subject_id = facts.subject_id
    left join record_counts
        on subjects.subject_id = record_counts.subject_id
    left join penalty_weights
        on subjects.subject_id = penalty_weights.subject_id
    left join headcounts
        on subjects.subject_id = headcounts.subject_id

)

select * from joined
