-- One row per row that has left the lake because its record has ended, delivered by as_of.
with

source as (

    select * from {{ source('ops', 'sealed_rows') }}
    where {{ delivered() }}

),

renamed as (

    select
        feed,
        dataset,
        zone,
        record_id,
        group_id,
        _batch_id as batch_id,
        _source_row as source_row,
        _delivered_date as delivered_date,
        publisher,
        provided_date,
        document_date,
        is_counted,
        is_unresolved,
        ended_by,
        ended_date
    from source

)

select * from renamed
