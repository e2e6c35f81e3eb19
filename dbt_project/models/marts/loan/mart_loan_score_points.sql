-- One row per scored subject, model and feature: the whole points of the bin its value falls
-- into.
with

points as (

    select * from {{ ref('int_loan_points') }}

),

released as (

    select
        subject_id,
        model_id,
        feature,
        cast(bin_no as bigint) as bin_no,
        cast(points as bigint) as points,
        reason_code
    from points

)

select * from released
