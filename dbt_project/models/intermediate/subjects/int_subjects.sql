-- One row per registered subject that was not merged into another one: who it is, where, in which
-- state, with which capital.
with

registered as (

    select * from {{ ref('int_registered_subjects') }}

),

merged as (

    select * from {{ ref('int_subject_merges') }}

)

select registered.*
from registered
left join merged
    on registered.subject_id = merged.subject_id
where merged.subject_id is null
