-- One row per column and code of the released marts, the national code tables aside: what the code
-- means; for grades the inclusive lower and the exclusive upper bound of the score.
with

code_values as (

    select * from {{ ref('ref_code_values') }}

),

index_codes as (

    select * from {{ ref('int_index_codes') }}

),

loan_codes as (

    select * from {{ ref('int_loan_codes') }}

),

portrait_codes as (

    select * from {{ ref('int_portrait_codes') }}

),

evaluation_codes as (

    select * from {{ ref('int_evaluation_codes') }}

),

evaluation_grades as (

    select * from {{ ref('ref_evaluation_grade') }}

),

supervision_classes as (

    select * from {{ ref('ref_supervision_class') }}

),

record_types as (

    select * from {{ ref('ref_record_types') }}

),

metrics as (

    select * from {{ ref('ref_metric_definitions') }}

),

listed as (

    select column_name, code, title, lower, upper, basis from code_values
    union all
    select column_name, code, title, lower, upper, basis from index_codes
    union all
    select column_name, code, title, lower, upper, basis from loan_codes
    union all
    select column_name, code, title, lower, upper, basis from portrait_codes
    union all
    select column_name, code, title, lower, upper, basis from evaluation_codes
    union all
    select 'evaluation_grade' as column_name, grade as code, title, lower, upper, basis
    from evaluation_grades
    union all
    select 'supervision_class' as column_name, supervision_class as code, title, lower, upper, basis
    from supervision_classes
    union all
    select
        'record_type' as column_name,
        record_type as code,
        title,
        null as lower,
        null as upper,
        basis
    from record_types
    union all
    select
        'metric_code' as column_name,
        metric_code as code,
        name as title,
        null as lower,
        null as upper,
        basis
    from metrics

),

released as (

    select
        column_name,
        code,
        title,
        cast(lower as double) as lower,
        cast(upper as double) as upper,
        basis
    from listed

)

select * from released
