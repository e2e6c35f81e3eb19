-- One row per batch delivered by as_of: where its rows went.
with

source as (

    select * from {{ source('ops', 'batches') }}
    where delivered_date <= {{ as_of() }}

)

select * from source
