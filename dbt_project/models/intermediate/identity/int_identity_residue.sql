-- One row per open identity key that neither a code nor an exact name decides: likelihood is asked
-- of these alone, and of codes whose owner has another name.
with

asked as (

    select * from {{ ref('int_identity_asked') }}

),

decided as (

    select distinct identity_key from {{ ref('int_identity_candidates') }}
    where subjects = 1

)

select asked.*
from asked
left join decided
    on asked.identity_key = decided.identity_key
where decided.identity_key is null
