-- One row per period, area and leaf that counts records which may be shown: C04 permits and
-- penalties per subject, C30 serious penalties per subject, C40 the kinds of record that the
-- national catalogue holds.
with

populations as (

    select * from {{ ref('int_index_populations') }}

),

counted as (

    select * from {{ ref('int_index_record_counts') }}

),

measured as (

    select
        populations.period,
        populations.area_code,
        'C04' as indicator_code,
        coalesce(counted.reported, 0) as numerator,
        populations.active_subjects as denominator
    from populations
    left join counted
        on populations.period = counted.period
        and populations.area_code = counted.area_code

    union all

    select
        populations.period,
        populations.area_code,
        'C30' as indicator_code,
        coalesce(counted.serious_penalties, 0) as numerator,
        populations.active_subjects as denominator
    from populations
    left join counted
        on populations.period = counted.period
        and populations.area_code = counted.area_code

    union all

    select
        period,
        area_code,
        'C40' as indicator_code,
        kinds_in_catalog as numerator,
        kinds as denominator
    from counted

),

measures as (

    select
        period,
        area_code,
        indicator_code,
        cast(numerator as decimal(18, 6)) as numerator,
        cast(denominator as decimal(18, 6)) as denominator
    from measured

)

select * from measures
