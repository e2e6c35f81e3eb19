-- One row per subject with a penalty that may be shown: their sum, each weighted by severity and
-- age.
with

records as (

    select * from {{ ref('int_credit_records') }}

),

weights as (

    select * from {{ ref('ref_portrait_weights') }}

),

dated_weights as (

    select
        severity,
        weight,
        cast({{ as_of() }} - upper_months * interval '1' month as date) as after_date,
        cast({{ as_of() }} - lower_months * interval '1' month as date) as until_date
    from weights

),

weighted as (

    select
        records.subject_id,
        cast(sum(dated_weights.weight) as decimal(18, 2)) as penalty_weight
    from records
    inner join dated_weights
        on records.severity = dated_weights.severity
        and records.occurred_date > dated_weights.after_date
        and records.occurred_date <= dated_weights.until_date
    where records.is_visible
        and records.feed = 'penalty'
        and records.polarity = -1
    group by records.subject_id

)

select * from weighted
