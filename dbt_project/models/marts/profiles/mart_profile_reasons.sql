-- One row per evaluated subject, item of its evaluation and record behind it: why score, grade and
-- class are what they are, and from when on the record counts no more.
with

reasons as (

    select * from {{ ref('int_evaluation_reasons') }}

),

codes as (

    select * from {{ ref('mart_code_lists') }}
    where column_name = 'item_code'

),

released as (

    select
        reasons.subject_id,
        reasons.item_code,
        reasons.record_id,
        codes.title as reason,
        reasons.falls_away_date
    from reasons
    inner join codes
        on reasons.item_code = codes.code

)

select * from released
