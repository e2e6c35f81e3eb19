-- No case is dropped or told twice: each is about a record, or kept with the reason why not.
with

cases as (

    select * from {{ ref('int_cases') }}

),

told as (

    select distinct case_id from {{ ref('int_case_matches') }}
    union all
    select case_id from {{ ref('int_unmatched_cases') }}

),

wrong as (

    select cases.case_id
    from cases
    left join told
        on cases.case_id = told.case_id
    group by cases.case_id
    having count(told.case_id) <> 1

)

select * from wrong
