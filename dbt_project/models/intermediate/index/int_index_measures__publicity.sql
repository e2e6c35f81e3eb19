-- One row per period for C03, the quality of permits and penalties (双公示), for the city: the share
-- of rows in order times the share handed over in time. 瞒报率 needs the agencies' own registers and
-- is left out.
with

agency_months as (

    select * from {{ ref('int_agency_months') }}

),

periods as (

    select * from {{ ref('int_index_periods') }}

),

counted as (

    select
        periods.period,
        sum(agency_months.records) as records,
        sum(agency_months.quarantined_records) as quarantined_records,
        sum(agency_months.late_records) as late_records,
        sum(agency_months.judged_records) as judged_records
    from periods
    inner join agency_months
        on agency_months.month_start between periods.window_start and periods.month_start
    where agency_months.feed in ('licensing', 'penalty')
    group by periods.period

),

rated as (

    select
        period,
        -- lateness that nobody could judge does not count against the quality
        coalesce(cast(late_records as double) / nullif(judged_records, 0), 0) as late_share,
        records,
        records + quarantined_records as handed_over
    from counted

),

measures as (

    select
        period,
        '150100' as area_code,
        'C03' as indicator_code,
        cast(
            round(cast(records as double) * (1 - late_share), 6) as decimal(18, 6)
        ) as numerator,
        cast(handed_over as decimal(18, 6)) as denominator
    from rated

)

select * from measures
