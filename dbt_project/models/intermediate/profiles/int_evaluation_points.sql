-- One row per active subject and item of the evaluation card that makes its score: the base, what is
-- gained and lost, what a cap gives back, and what the scale of 0 to 1000 cuts off. They sum to the
-- score.
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

best as (

    -- what the best value of an input earns; no input is asked for more than to lose nothing
    select
        feature,
        greatest(max(points), 0) as points_max
    from scorecard
    group by feature

),

by_item as (

    select
        subject_id,
        score_code,
        item_code,
        feature,
        case
            when count(record_id) > 0 then cast(count(record_id) as double)
            else max(number_value)
        end as number_value,
        max(category_value) as category_value,
        sum(points) as points
    from items
    group by subject_id, score_code, item_code, feature

),

by_code as (

    select
        subject_id,
        score_code,
        sum(points) as points
    from by_item
    group by subject_id, score_code

),

given_back as (

    select
        by_code.subject_id,
        caps.item_code,
        greatest(caps.points_min, least(caps.points_max, by_code.points)) - by_code.points as points
    from by_code
    inner join caps
        on by_code.score_code = caps.score_code
    where by_code.points < caps.points_min
        or by_code.points > caps.points_max

),

carded as (

    select
        features.subject_id,
        scorecard.item_code,
        scorecard.feature,
        cast(null as double) as number_value,
        cast(null as string) as category_value,
        scorecard.points,
        scorecard.points as points_max
    from features
    inner join scorecard
        on scorecard.kind = 'base'

    union all

    select
        by_item.subject_id,
        by_item.item_code,
        by_item.feature,
        by_item.number_value,
        by_item.category_value,
        by_item.points,
        best.points_max
    from by_item
    inner join best
        on by_item.feature = best.feature

    union all

    select
        subject_id,
        item_code,
        'cap' as feature,
        cast(null as double) as number_value,
        cast(null as string) as category_value,
        points,
        0 as points_max
    from given_back

),

totals as (

    select
        subject_id,
        sum(points) as points
    from carded
    group by subject_id

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
        greatest({{ lowest }}, least({{ highest }}, points)) - points as points,
        0 as points_max
    from totals
    where points < {{ lowest }}
        or points > {{ highest }}

)

select
    subject_id,
    item_code,
    feature,
    number_value,
    category_value,
    cast(points as bigint) as points,
    cast(points_max as bigint) as points_max
from united
