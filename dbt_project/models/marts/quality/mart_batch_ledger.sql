-- One row per batch delivered by as_of: where each of its rows went.
with

batches as (

    select * from {{ ref('int_batches') }}

),

released as (

    select
        feed,
        dataset,
        batch_id,
        source_sha256,
        delivered_date,
        rows_landed,
        rows_validated,
        rows_quarantined,
        rows_refused,
        status,
        refusal_code
    from batches

)

select * from released
