-- One row per subject and dimension of the portrait: score over the inputs that exist, and how
-- many of them exist. A subject that is not active has no score.
with

features as (

    select * from {{ ref('int_subject_features') }}

),

dimensions as (

    select * from {{ ref('ref_portrait_dimensions') }}

),

inputs as (

    select * from {{ ref('ref_portrait_inputs') }}

),

points as (

    select * from {{ ref('int_portrait_inputs') }}

),

declared as (

    select
        dimension_code,
        count(*) as inputs
    from inputs
    group by dimension_code

),

summed as (

    select
        subject_id,
        dimension_code,
        count(*) as existing_inputs,
        sum(points) as points
    from points
    group by subject_id, dimension_code

),

scored as (

    select
        features.subject_id,
        dimensions.dimension_code,
        case
            when features.is_active then cast(
                round(cast(summed.points as double) / summed.existing_inputs, 4) as decimal(9, 4)
            )
        end as score,
        cast(
            round(
                cast(coalesce(summed.existing_inputs, 0) as double) / declared.inputs, 4
            ) as decimal(9, 4)
        ) as coverage
    from features
    cross join dimensions
    inner join declared
        on dimensions.dimension_code = declared.dimension_code
    left join summed
        on features.subject_id = summed.subject_id
        and dimensions.dimension_code = summed.dimension_code

)

select * from scored
