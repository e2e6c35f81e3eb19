-- One row per record that a case has ended by as_of: by its repair (Order 36 art 3) or because an
-- objection had it revoked, whichever came first. From that day on it is shown and counted nowhere.
with

matches as (

    select * from {{ ref('int_case_matches') }}

),

endings as (

    select
        record_id,
        case_id,
        outcome,
        closed_date as ended_date,
        row_number() over (partition by record_id order by closed_date, case_id) as place
    from matches
    where outcome in ('granted', 'revoked')
        and closed_date <= {{ as_of() }}

)

select
    record_id,
    case_id,
    outcome,
    ended_date
from endings
where place = 1
