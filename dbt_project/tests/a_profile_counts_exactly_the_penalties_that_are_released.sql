-- Interface, invariant 5: what a profile counts and sums is in the released records, nothing more.
with

profiles as (

    select * from {{ ref('mart_subject_profiles') }}

),

records as (

    select * from {{ ref('mart_credit_records') }}

),

released as (

    select
        subject_id,
        count(*) as penalties,
        sum(case when occurred_date > {{ as_of() }} - interval '12' month then 1 else 0 end)
            as recent_penalties,
        coalesce(sum(amount_yuan), 0) as fines_yuan
    from records
    where feed = 'penalty'
        and polarity = -1
    group by subject_id

),

wrong as (

    select profiles.subject_id
    from profiles
    left join released
        on profiles.subject_id = released.subject_id
    where profiles.penalty_count_visible <> coalesce(released.penalties, 0)
        or profiles.penalty_count_12m <> coalesce(released.recent_penalties, 0)
        or profiles.fines_yuan_visible <> coalesce(released.fines_yuan, 0)

)

select * from wrong
