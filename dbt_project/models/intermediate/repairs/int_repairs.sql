-- One row per record that is repaired at as_of: the first application for it that was granted. From
-- that day on it is shown and counted nowhere (Order 36 art 3).
with

matches as (

    select * from {{ ref('int_repair_matches') }}

),

granted as (

    select
        record_id,
        case_id,
        closed_date as repaired_date,
        row_number() over (partition by record_id order by closed_date, case_id) as place
    from matches
    where is_granted
        and closed_date <= {{ as_of() }}

)

select
    record_id,
    case_id,
    repaired_date
from granted
where place = 1
