-- Every record that has ended is found among the rows delivered: else it could not leave the lake.
with

ended as (

    select * from {{ ref('int_ended_records') }}

),

delivered as (

    select distinct record_id from {{ ref('int_ended_rows') }}

)

select ended.record_id
from ended
left join delivered
    on ended.record_id = delivered.record_id
where delivered.record_id is null
