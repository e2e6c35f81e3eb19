-- One row per case, also one that has left the lake with its record: what the index counts of it.
with

cases as (

    select * from {{ ref('int_cases') }}

),

sealed as (

    select * from {{ ref('stg_ops__sealed_cases') }}

),

united as (

    select case_id, case_type, channel, applied_date, accepted_date, closed_date, outcome
    from cases

    union all

    select
        record_id as case_id,
        case_type, channel, applied_date, accepted_date, closed_date, outcome
    from sealed

)

select * from united
