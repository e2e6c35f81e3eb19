-- One row per period, district and topic: active subjects on a serious list, or with a valid
-- authorisation, on the day the period ends.
with

records as (

    select * from {{ ref('int_credit_records') }}

),

record_types as (

    select * from {{ ref('ref_record_types') }}

),

authorizations as (

    select * from {{ ref('int_loan_authorizations') }}

),

subjects as (

    select * from {{ ref('int_subjects') }}

),

periods as (

    select * from {{ ref('int_index_periods') }}

),

spans as (

    -- what may be shown at as_of was listed without a break since its date
    select
        'serious_list' as topic,
        records.subject_id,
        records.occurred_date as start_date,
        records.visible_until as last_date
    from records
    inner join record_types
        on records.record_type = record_types.record_type
    where records.is_visible
        and record_types.is_serious_list

    union all

    select
        'authorised' as topic,
        subject_id,
        authorized_date as start_date,
        valid_until as last_date
    from authorizations

),

stocks as (

    select
        periods.period,
        spans.topic,
        subjects.district_code,
        count(distinct spans.subject_id) as subjects
    from spans
    inner join subjects
        on spans.subject_id = subjects.subject_id
    inner join periods
        on spans.start_date <= periods.end_date
        and (spans.last_date is null or spans.last_date >= periods.end_date)
    where subjects.is_active
    group by periods.period, spans.topic, subjects.district_code

)

select * from stocks
