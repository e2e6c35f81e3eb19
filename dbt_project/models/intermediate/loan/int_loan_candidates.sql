-- One row per subject with a valid authorisation at as_of and loan model, with the first hard
-- stop that applies.
with

authorizations as (

    select * from {{ ref('int_loan_authorizations') }}

),

features as (

    select * from {{ ref('int_subject_features') }}

),

models as (

    select * from {{ ref('ref_loan_models') }}

),

hard_stops as (

    select * from {{ ref('ref_loan_hard_stops') }}

),

authorized as (

    select distinct subject_id
    from authorizations
    where authorized_date <= {{ as_of() }}
        and valid_until >= {{ as_of() }}

),

stops as (

    select
        features.subject_id,
        hard_stops.hard_stop_code,
        row_number() over (
            partition by features.subject_id
            order by hard_stops.sort_order
        ) as place
    from features
    inner join hard_stops
        on (hard_stops.hard_stop_code = 'H01' and not features.is_active)
        or (hard_stops.hard_stop_code = 'H02' and features.tax_violation_count > 0)
        or (hard_stops.hard_stop_code = 'H03' and features.wage_list_count > 0)
        or (hard_stops.hard_stop_code = 'H04' and features.is_on_serious_list)

),

candidates as (

    select
        authorized.subject_id,
        models.model_id,
        stops.hard_stop_code
    from authorized
    cross join models
    left join stops
        on authorized.subject_id = stops.subject_id
        and stops.place = 1

)

select * from candidates
