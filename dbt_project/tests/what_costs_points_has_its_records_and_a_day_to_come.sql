-- Every item that rests on records names them, they are the subject's own, and none has fallen
-- away; D by a serious list names the entry of the list.
with

points as (

    select * from {{ ref('mart_evaluation_points') }}

),

reasons as (

    select * from {{ ref('mart_profile_reasons') }}

),

records as (

    select * from {{ ref('mart_credit_records') }}

),

profiles as (

    select * from {{ ref('mart_subject_profiles') }}

),

asked as (

    select subject_id, item_code, number_value as penalties
    from points
    where feature like 'penalty%'

    union all

    select subject_id, item_code, cast(null as double) as penalties
    from points
    where feature in (
            'abnormal_count', 'permits_valid', 'social_overdue_months', 'tax_arrears_ratio',
            'tax_arrears_unrated', 'tax_rating'
        )

    union all

    select subject_id, 'serious_list' as item_code, cast(null as double) as penalties
    from profiles
    where is_on_serious_list
        and evaluation_grade is not null

),

given as (

    select
        subject_id,
        item_code,
        count(*) as records
    from reasons
    group by subject_id, item_code

),

wrong as (

    select
        coalesce(asked.subject_id, given.subject_id) as subject_id,
        coalesce(asked.item_code, given.item_code) as item_code
    from asked
    full outer join given
        on asked.subject_id = given.subject_id
        and asked.item_code = given.item_code
    where asked.subject_id is null
        or given.subject_id is null
        or asked.penalties <> given.records

    union all

    select
        reasons.subject_id,
        reasons.item_code
    from reasons
    left join records
        on reasons.record_id = records.record_id
        and reasons.subject_id = records.subject_id
    where records.record_id is null
        or reasons.falls_away_date <= {{ as_of() }}

    union all

    select
        subject_id,
        item_code
    from points
    where falls_away_date <= {{ as_of() }}

)

select * from wrong
