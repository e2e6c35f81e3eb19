-- One row per coded column and code of the loan card; grades carry their bounds.
with

loan_models as (

    select * from {{ ref('ref_loan_models') }}

),

loan_grades as (

    select * from {{ ref('ref_loan_grades') }}

),

hard_stops as (

    select * from {{ ref('ref_loan_hard_stops') }}

),

scorecard as (

    select * from {{ ref('ref_loan_scorecard') }}

),

unbounded as (

    select 'model_id' as column_name, model_id as code, title, basis
    from loan_models

    union all

    select 'hard_stop_code' as column_name, hard_stop_code as code, title, basis
    from hard_stops

    union all

    select distinct 'reason_code' as column_name, reason_code as code, reason_text as title, basis
    from scorecard

),

codes as (

    select
        column_name,
        code,
        title,
        cast(null as double) as lower,
        cast(null as double) as upper,
        basis
    from unbounded

    union all

    select 'grade' as column_name, grade as code, title, lower, upper, basis
    from loan_grades

)

select * from codes
