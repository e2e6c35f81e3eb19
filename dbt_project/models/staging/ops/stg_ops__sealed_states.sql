-- One row per record that has left the lake and state it had reached.
with

source as (

    select * from {{ source('ops', 'sealed_states') }}

)

select * from source
