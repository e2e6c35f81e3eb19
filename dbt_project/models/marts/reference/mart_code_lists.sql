-- One row per column and code of the released marts, the national code tables aside: what the
-- code means; for grades the inclusive lower and the exclusive upper bound of the score.
with

code_values as (

    select * from {{ ref('ref_code_values') }}

),

areas as (

    select * from {{ ref('ref_index_areas') }}

),

indicators as (

    select * from {{ ref('ref_index_indicators') }}

),

dimensions as (

    select * from {{ ref('ref_portrait_dimensions') }}

),

tags as (

    select * from {{ ref('ref_portrait_tags') }}

),

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

evaluation_grades as (

    select * from {{ ref('ref_evaluation_grade') }}

),

metrics as (

    select * from {{ ref('ref_metric_definitions') }}

),

listed as (

    select column_name, code, title, lower, upper, basis from code_values
    union all
    select 'evaluation_grade', grade, title, cast(lower as double), cast(upper as double), basis
    from evaluation_grades
    union all
    select 'grade', grade, title, lower, upper, basis from loan_grades
    union all
    select 'district_code', area_code, name, null, null, basis from areas where not is_city
    union all
    select 'area_code', area_code, name, null, null, basis from areas
    union all
    select 'indicator_code', indicator_code, name, null, null, basis from indicators
    union all
    select 'parent_code', indicator_code, name, null, null, basis from indicators where level < 4
    union all
    select 'dimension_code', dimension_code, title, null, null, basis from dimensions
    union all
    select 'tag_code', tag_code, tag_name, null, null, basis from tags
    union all
    select 'model_id', model_id, title, null, null, basis from loan_models
    union all
    select 'hard_stop_code', hard_stop_code, title, null, null, basis from hard_stops
    union all
    select distinct 'reason_code', reason_code, reason_text, null, null, basis from scorecard
    union all
    select 'metric_code', metric_code, name, null, null, basis from metrics
    union all
    select 'metric_code', indicator_code, name, null, null, basis from indicators

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
