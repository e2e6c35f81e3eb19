-- One row per batch and rule: how many rows were judged, how many broke it.
with

source as (

    select * from {{ source('ops', 'quality_checks') }}

)

select * from source
