-- One row per active subject and item of the evaluation card that makes its score: the base, what
-- is gained and lost, what a cap gives back, what the scale of 0 to 1000 cuts off.
{% set lowest, highest = 0, 1000 %}  {# the scale of the public interface #}
with

features as (

    select * from {{ ref('int_subject_features') }}
    where is_active

),

items as (

    select * from {{ ref('int_evaluation_items') }}

),

scorecard as (

    select * from {{ ref('ref_evaluation_scorecard') }}

),

caps as (

    select * from {{ ref('ref_evaluation_caps') }}

),

by_item as (

    select
        subject_id,
        item_code,
        feature,
        case
            when count(record_id) > 0 then cast(count(record_id) as double)
            else max(number_value)
        end as number_value,
        max(category_value) as category_value,
        sum(points) as points,
        max(points_max) as points_max
    from items
    group by subject_id, item_code, feature

),

by_code as (

    select
        items.subject_id,
        caps.item_code,
        sum(items.points) as points,
        greatest(caps.points_min, least(caps.points_max, sum(items.points))) as capped_points
    from items
    inner join caps
        on items.score_code = caps.score_code
    group by items.subject_id, caps.item_code, caps.points_min, caps.points_max

),

others as (

    select features.subject_id, scorecard.item_code, scorecard.feature, scorecard.points
    from features
    inner join scorecard
        on scorecard.kind = 'base'

    union all

    select subject_id, item_code, 'cap' as feature, capped_points - points as points
    from by_code
    where capped_points <> points

),

carded as (

    select subject_id, item_code, feature, number_value, category_value, points, points_max
    from by_item

    union all

    select
        subject_id, item_code, feature,
        cast(null as double) as number_value,
        cast(null as string) as category_value,
        points,
        case when feature = 'base' then points else 0 end as points_max
    from others

),

united as (

    select * from carded

    union all

    select
        subject_id,
        'limit' as item_code,
        'limit' as feature,
        cast(null as double) as number_value,
        cast(null as string) as category_value,
        greatest({{ lowest }}, least({{ highest }}, sum(points))) - sum(points) as points,
        0 as points_max
    from carded
    group by subject_id
    having sum(points) < {{ lowest }}
        or sum(points) > {{ highest }}

)

select
    subject_id, item_code, feature, number_value, category_value,
    cast(points as bigint) as points,
    cast(points_max as bigint) as points_max
from united
