-- One row per feed and dataset of which at least one row has been accepted by as_of. Where a
-- dataset never came, that a subject has no record in it says nothing.
with

batches as (

    select * from {{ ref('stg_ops__batches') }}

),

received as (

    select
        feed,
        dataset,
        min(cast(date_trunc('month', delivered_date) as date)) as first_month_start
    from batches
    where rows_validated > 0
    group by feed, dataset

)

select * from received
