-- One row per case that has left the lake with its record: what the index counts of it.
with

source as (

    select * from {{ source('ops', 'sealed_cases') }}

)

select * from source
