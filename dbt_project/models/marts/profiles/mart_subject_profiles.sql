-- One row per subject: its evaluation and the figures that stand out, from records that may be
-- shown at as_of.
with

facts as (

    select * from {{ ref('int_subject_facts') }}

),

released as (

    select
        subject_id,
        evaluation_score,
        evaluation_grade,
        supervision_class,
        penalty_count_12m,
        penalty_count_visible,
        fines_yuan_visible,
        tax_rating,
        tax_rating_year,
        tax_arrears_yuan,
        social_arrears_yuan,
        insured_headcount,
        permits_valid,
        is_on_serious_list,
        is_abnormal
    from facts

)

select * from released
