-- One row per batch delivered by as_of: where its rows went, and why it was refused.
with

batches as (

    select * from {{ ref('stg_ops__batches') }}

),

delivered as (

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
        -- the code alone: the sentence after it names files and values
        split_part(reason, ':', 1) as refusal_code
    from batches

)

select * from delivered
