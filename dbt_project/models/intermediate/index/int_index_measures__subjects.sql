-- One row per period, area and leaf that is a share of the subjects: C06's second half is
-- measured with the deliveries.
with

populations as (

    select * from {{ ref('int_index_populations') }}

),

shares as (

    select * from {{ ref('int_index_subject_counts') }}

),

graded as (

    select
        period,
        area_code,
        'C24' as indicator_code,
        graded_subjects as numerator
    from populations

),

counted as (

    select
        period,
        area_code,
        case topic
            when 'authorised' then 'C12'
            when 'honoured' then 'C18'
            when 'committed' then 'C20'
            when 'approval_committed' then 'C21'
            when 'serious_list' then 'C26'
            when 'adverse' then 'C32'
        end as indicator_code,
        subjects as numerator
    from shares
    where topic <> 'any'

),

measured as (

    select * from graded
    union all
    select * from counted

),

measures as (

    select
        measured.period,
        measured.area_code,
        measured.indicator_code,
        cast(measured.numerator as decimal(18, 6)) as numerator,
        cast(populations.active_subjects as decimal(18, 6)) as denominator
    from measured
    inner join populations
        on measured.period = populations.period
        and measured.area_code = populations.area_code

)

select * from measures
