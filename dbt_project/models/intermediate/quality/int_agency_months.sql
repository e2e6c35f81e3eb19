-- One row per month of hand-over, publisher and dataset: the records handed over, those late, those
-- in quarantine. Late is later than seven working days after the document date; without both days
-- nobody judges it.
{% set limit_working_days = 7 %}  {# 发改办财金〔2018〕424号: reported within 7 working days #}
with

reported as (

    select * from {{ ref('int_reported_days') }}

),

quarantined as (

    select * from {{ ref('stg_quarantine__rows') }}

),

known_publishers as (

    select distinct publisher from reported
    where publisher is not null

),

working_days as (

    select * from {{ ref('int_working_days') }}

),

judged as (

    select
        reported.feed,
        reported.dataset,
        reported.publisher,
        coalesce(reported.provided_date, reported.delivered_date) as handed_over_date,
        reported.records,
        reported.unresolved_records,
        -- null where the calendar does not know one of the days
        provided.working_days - decided.working_days as days_taken
    from reported
    left join working_days as decided
        on reported.document_date = decided.day
    left join working_days as provided
        on reported.provided_date = provided.day

),

united as (

    select
        feed,
        dataset,
        publisher,
        handed_over_date,
        records,
        case when days_taken > {{ limit_working_days }} then records else 0 end as late_records,
        case when days_taken is not null then records else 0 end as judged_records,
        unresolved_records,
        0 as quarantined_records
    from judged

    union all

    -- what a quarantined row says of itself is not believed: its file's day counts, and a publisher
    -- only where sound rows name the same one (shifted columns put anything there)
    select
        quarantined.feed,
        quarantined.dataset,
        known_publishers.publisher,
        quarantined.delivered_date as handed_over_date,
        0 as records,
        0 as late_records,
        0 as judged_records,
        0 as unresolved_records,
        1 as quarantined_records
    from quarantined
    left join known_publishers
        on quarantined.publisher = known_publishers.publisher

),

monthly as (

    select
        cast(date_trunc('month', handed_over_date) as date) as month_start,
        feed,
        dataset,
        coalesce(publisher, '未载明') as publisher,
        cast(sum(records) as bigint) as records,
        cast(sum(late_records) as bigint) as late_records,
        cast(sum(judged_records) as bigint) as judged_records,
        cast(sum(quarantined_records) as bigint) as quarantined_records,
        cast(sum(unresolved_records) as bigint) as unresolved_records
    from united
    group by 1, 2, 3, 4

),

agency_months as (

    select
        substring(cast(month_start as string), 1, 7) as period,
        month_start,
        publisher,
        feed,
        dataset,
        records,
        late_records,
        judged_records,
        quarantined_records,
        unresolved_records
    from monthly

)

select * from agency_months
