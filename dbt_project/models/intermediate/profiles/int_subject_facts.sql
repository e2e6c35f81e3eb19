-- One row per subject: the figures of its profile. Who is on a list of serious dishonesty is D,
-- whatever the score; who is no longer in the register has no score, grade or class.
with

features as (

    select * from {{ ref('int_subject_features') }}

),

record_counts as (

    select * from {{ ref('int_record_counts') }}

),

standings as (

    select * from {{ ref('int_tax_standings') }}

),

scores as (

    select * from {{ ref('int_evaluation_scores') }}

),

grades as (

    select * from {{ ref('ref_evaluation_grade') }}

),

classes as (

    select * from {{ ref('ref_supervision_class') }}

),

graded as (

    select
        scores.subject_id,
        scores.evaluation_score,
        grades.grade as grade_by_score,
        classes.supervision_class as class_by_score
    from scores
    left join grades
        on scores.evaluation_score >= grades.lower
        and (grades.upper is null or scores.evaluation_score < grades.upper)
    left join classes
        on scores.evaluation_score >= classes.lower
        and (classes.upper is null or scores.evaluation_score < classes.upper)

),

facts as (

    select
        features.subject_id,
        graded.evaluation_score,
        case
            when graded.subject_id is not null and features.is_on_serious_list then 'D'
            else graded.grade_by_score
        end as evaluation_grade,
        case
            when graded.subject_id is not null and features.is_on_serious_list then 'D'
            else graded.class_by_score
        end as supervision_class,
        coalesce(record_counts.penalty_count_12m, 0) as penalty_count_12m,
        coalesce(record_counts.penalty_count_visible, 0) as penalty_count_visible,
        coalesce(record_counts.fines_yuan_visible, 0) as fines_yuan_visible,
        features.tax_rating,
        standings.tax_rating_year,
        features.tax_arrears_yuan,
        coalesce(record_counts.social_arrears_yuan, 0) as social_arrears_yuan,
        features.insured_headcount,
        features.permits_valid,
        features.is_on_serious_list,
        features.abnormal_count > 0 as is_abnormal
    from features
    left join record_counts
        on features.subject_id = record_counts.subject_id
    left join standings
        on features.subject_id = standings.subject_id
    left join graded
        on features.subject_id = graded.subject_id

)

select * from facts
