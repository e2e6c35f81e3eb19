-- One row per batch delivered by as_of and rule: how many rows the rule judged, and how many
-- broke it.
with

verdicts as (

    select * from {{ ref('int_rule_verdicts') }}

),

released as (

    select
        feed,
        dataset,
        batch_id,
        rule_id,
        title,
        severity,
        scope,
        evaluated_rows,
        failed_rows
    from verdicts

)

select * from released
