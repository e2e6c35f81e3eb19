-- Interface, invariant 5: nothing past its last day, of the future, ended, repaired, revoked, minor
-- or withdrawn by its latest version is released.
with

records as (

    select * from {{ ref('mart_credit_records') }}

),

resolved as (

    select * from {{ ref('int_resolved_records') }}

),

endings as (

    select * from {{ ref('int_case_endings') }}

),

wrong as (

    select records.record_id
    from records
    left join resolved
        on records.record_id = resolved.record_id
        and not resolved.is_ended
        and resolved.is_published
    left join endings
        on records.record_id = endings.record_id
    where resolved.record_id is null
        or endings.record_id is not null
        or records.visible_until < {{ as_of() }}
        or records.occurred_date > {{ as_of() }}
        or (records.feed = 'penalty' and records.severity = 'minor')

)

select * from wrong
