-- An objection is answered within its limit; one that is open beyond it is an alarm to its
-- authority and no fault of the build.
{{ config(severity='warn') }}
with

steps as (

    select * from {{ ref('int_case_steps') }}

)

select case_id
from steps
where case_type = 'objection'
    and step = 'closed'
    and done_date is null
    and is_late
