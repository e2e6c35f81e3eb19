-- One row per record to which an objection is open at as_of: it stays as it is and is marked.
with

matches as (

    select * from {{ ref('int_case_matches') }}

)

select
    record_id,
    count(*) as open_objections
from matches
where case_type = 'objection'
    and applied_date <= {{ as_of() }}
    and (closed_date is null or closed_date > {{ as_of() }})
group by record_id
