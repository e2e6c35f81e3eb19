-- One row per topic, active subject and month in which the subject has a record of that topic
-- that may be shown. next_month_start lets each period count a subject once, by its last month on
-- or before the period.
with

records as (

    select * from {{ ref('int_credit_records') }}

),

subjects as (

    select * from {{ ref('int_subjects') }}

),

commitments as (

    select * from {{ ref('int_records__commitments') }}

),

shown as (

    select
        records.subject_id,
        subjects.district_code,
        records.feed,
        records.dataset,
        records.polarity,
        commitments.commitment_type,
        cast(date_trunc('month', records.occurred_date) as date) as month_start
    from records
    inner join subjects
        on records.subject_id = subjects.subject_id
    left join commitments
        on records.record_id = commitments.record_id
    where records.is_visible
        and subjects.is_active

),

months as (

    select distinct 'any' as topic, subject_id, district_code, month_start
    from shown

    union all

    select distinct 'honoured' as topic, subject_id, district_code, month_start
    from shown
    where polarity = 1

    union all

    select distinct 'adverse' as topic, subject_id, district_code, month_start
    from shown
    where feed in ('tax', 'social_security') and dataset <> 'ratings' and polarity = -1

    union all

    select distinct 'committed' as topic, subject_id, district_code, month_start
    from shown
    where feed = 'commitments'

    union all

    select distinct 'approval_committed' as topic, subject_id, district_code, month_start
    from shown
    where commitment_type = '审批替代型'

),

with_next as (

    select
        topic,
        subject_id,
        district_code,
        month_start,
        lead(month_start) over (
            partition by topic, subject_id
            order by month_start
        ) as next_month_start
    from months

)

select * from with_next
