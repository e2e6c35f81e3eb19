-- One row per evaluated subject and item of the evaluation card: its points, what they rest on, and
-- when they fall away.
with

points as (

    select * from {{ ref('int_evaluation_points') }}

),

reasons as (

    select * from {{ ref('int_evaluation_reasons') }}

),

subjects as (

    select * from {{ ref('int_subjects') }}

),

scorecard as (

    select * from {{ ref('ref_evaluation_scorecard') }}

),

codes as (

    select * from {{ ref('mart_code_lists') }}
    where column_name = 'item_code'

),

ends as (

    -- an item stays while one of its records does
    select
        subject_id,
        item_code,
        case when count(*) = count(falls_away_date) then max(falls_away_date) end as falls_away_date
    from reasons
    group by subject_id, item_code

),

ages as (

    select
        item_code,
        cast(12 * upper as integer) as months
    from scorecard
    where feature = 'age_years'
        and upper is not null

),

released as (

    select
        points.subject_id,
        points.item_code,
        points.feature,
        points.number_value,
        points.category_value,
        points.points,
        points.points_max,
        points.points_max - points.points as lost_points,
        codes.title as reason,
        case
            when ages.item_code is null then ends.falls_away_date
            else {{ months_reached('subjects.established_date', 'ages.months') }}
        end as falls_away_date
    from points
    inner join subjects
        on points.subject_id = subjects.subject_id
    inner join codes
        on points.item_code = codes.code
    left join ends
        on points.subject_id = ends.subject_id
        and points.item_code = ends.item_code
    left join ages
        on points.item_code = ages.item_code

)

select * from released
