-- One row per batch delivered by as_of and rule: how many rows the rule judged, and how many broke
-- it.
with

checks as (

    select * from {{ ref('stg_ops__quality_checks') }}

),

batches as (

    select * from {{ ref('int_batches') }}

),

verdicts as (

    select
        checks.feed,
        checks.dataset,
        checks.batch_id,
        checks.rule_id,
        checks.title,
        checks.severity,
        checks.scope,
        checks.evaluated_rows,
        checks.failed_rows
    from checks
    inner join batches
        on checks.feed = batches.feed
        and checks.dataset = batches.dataset
        and checks.batch_id = batches.batch_id

)

select * from verdicts
