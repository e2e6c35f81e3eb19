-- One row per subject with a valid authorisation at as_of and model: score, grade and four
-- reasons, or the hard stop that forbids a score.
with

candidates as (

    select * from {{ ref('int_loan_candidates') }}

),

models as (

    select * from {{ ref('ref_loan_models') }}

),

scores as (

    select * from {{ ref('int_loan_scores') }}

),

reasons as (

    select * from {{ ref('int_loan_reasons') }}

),

grades as (

    select * from {{ ref('ref_loan_grades') }}

),

graded as (

    select
        candidates.subject_id,
        candidates.model_id,
        models.base,
        scores.score,
        grades.grade,
        candidates.hard_stop_code,
        reasons.reason_1,
        reasons.reason_2,
        reasons.reason_3,
        reasons.reason_4
    from candidates
    inner join models
        on candidates.model_id = models.model_id
    left join scores
        on candidates.subject_id = scores.subject_id
        and candidates.model_id = scores.model_id
    left join grades
        on candidates.model_id = grades.model_id
        and (grades.lower is null or scores.score >= grades.lower)
        and (grades.upper is null or scores.score < grades.upper)
        and scores.score is not null
    left join reasons
        on candidates.subject_id = reasons.subject_id
        and candidates.model_id = reasons.model_id

),

released as (

    select
        subject_id,
        model_id,
        {{ as_of() }} as as_of,
        cast(base as bigint) as base,
        cast(score as bigint) as score,
        grade,
        hard_stop_code,
        reason_1,
        reason_2,
        reason_3,
        reason_4
    from graded

)

select * from released
