-- One row per item of the evaluation card and cap of it: what it says, and who set it.
with

scorecard as (

    select * from {{ ref('ref_evaluation_scorecard') }}

),

caps as (

    select * from {{ ref('ref_evaluation_caps') }}

),

codes as (

    select item_code as code, reason as title, basis from scorecard
    union all
    select item_code as code, reason as title, basis from caps

)

select
    'item_code' as column_name,
    code,
    title,
    cast(null as double) as lower,
    cast(null as double) as upper,
    basis
from codes
