-- One row per period and area: the records that may be shown and whose date lies in the window.
with

records as (

    select * from {{ ref('int_credit_records') }}

),

subjects as (

    select * from {{ ref('int_subjects') }}

),

record_types as (

    select * from {{ ref('ref_record_types') }}

),

categories as (

    select * from {{ ref('ref_catalog_categories') }}

),

periods as (

    select * from {{ ref('int_index_periods') }}

),

areas as (

    select * from {{ ref('ref_index_areas') }}

),

by_month as (

    select
        subjects.district_code,
        cast(date_trunc('month', records.occurred_date) as date) as month_start,
        records.feed,
        records.record_type,
        records.severity,
        count(*) as records
    from records
    inner join subjects
        on records.subject_id = subjects.subject_id
    where records.is_visible
    group by 1, 2, 3, 4, 5

),

in_window as (

    select
        periods.period,
        areas.area_code,
        by_month.feed,
        by_month.record_type,
        sum(by_month.records) as records,
        sum(
            case
                when by_month.feed = 'penalty' and by_month.severity = 'serious'
                    then by_month.records
                else 0
            end
        ) as serious_penalties
    from periods
    inner join by_month
        on by_month.month_start between periods.window_start and periods.month_start
    inner join areas
        on areas.is_city
        or areas.area_code = by_month.district_code
    group by periods.period, areas.area_code, by_month.feed, by_month.record_type

),

counted as (

    select
        in_window.period,
        in_window.area_code,
        sum(in_window.records) as records,
        sum(case when in_window.feed in ('licensing', 'penalty') then in_window.records else 0 end)
            as reported,
        sum(in_window.serious_penalties) as serious_penalties,
        count(*) as kinds,
        count(categories.category_code) as kinds_in_catalog
    from in_window
    inner join record_types
        on in_window.record_type = record_types.record_type
    left join categories
        on record_types.category_code = categories.category_code
    group by in_window.period, in_window.area_code

),

record_counts as (

    select
        period,
        area_code,
        cast(records as bigint) as records,
        cast(reported as bigint) as reported,
        cast(serious_penalties as bigint) as serious_penalties,
        cast(kinds as bigint) as kinds,
        cast(kinds_in_catalog as bigint) as kinds_in_catalog
    from counted

)

select * from record_counts
