-- One row per item of an active subject's evaluation and record that makes it, alone or with
-- others, and the day from which the record counts no more. What no law ends has no day.
with

items as (

    select * from {{ ref('int_evaluation_items') }}

),

features as (

    select * from {{ ref('int_subject_features') }}
    where is_active

),

credit_records as (

    select * from {{ ref('int_credit_records') }}
    where is_visible

),

standings as (

    select * from {{ ref('int_tax_standings') }}

),

scorecard as (

    select * from {{ ref('ref_evaluation_scorecard') }}

),

horizons as (

    -- the age in months from which a penalty costs nothing
    select
        feature,
        cast(max(upper) as integer) as months
    from scorecard
    where score_code = 'S01'
    group by feature

),

causes as (

    select
        credit_records.subject_id,
        credit_records.record_id,
        credit_records.occurred_date,
        credit_records.is_serious_list,
        case credit_records.record_type
            when 'penalty' then concat('penalty_', credit_records.severity)
            when 'abnormal_operation' then 'abnormal_count'
            when 'permit' then 'permits_valid'
            when 'tax_rating' then case when standings.record_id is not null then 'tax_rating' end
            when 'tax_arrears' then case
                when not credit_records.is_latest_statement then null
                when features.tax_arrears_ratio is null then 'tax_arrears_unrated'
                else 'tax_arrears_ratio'
            end
            when 'social_arrears' then case
                when credit_records.overdue_months = features.social_overdue_months
                    then 'social_overdue_months'
            end
        end as feature,
        case
            when credit_records.visible_until < cast('2099-12-31' as date)
                then cast(credit_records.visible_until + interval '1' day as date)
        end as hidden_date
    from credit_records
    inner join features
        on credit_records.subject_id = features.subject_id
    left join standings
        on credit_records.record_id = standings.record_id

),

linked as (

    select
        items.subject_id,
        items.item_code,
        causes.record_id,
        case
            when horizons.feature is null then causes.hidden_date
            else least(
                causes.hidden_date,
                {{ months_reached('causes.occurred_date', 'horizons.months') }}
            )
        end as falls_away_date
    from items
    inner join causes
        on items.subject_id = causes.subject_id
        and items.feature = causes.feature
        and (items.record_id is null or items.record_id = causes.record_id)
    left join horizons
        on items.feature = horizons.feature

    union all

    select
        subject_id,
        'serious_list' as item_code,
        record_id,
        hidden_date as falls_away_date
    from causes
    where is_serious_list

)

select * from linked
