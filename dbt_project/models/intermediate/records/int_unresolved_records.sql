-- One row per record whose subject was not found: kept with the reason, in no mart, guessed for
-- nobody.
with

records as (

    select * from {{ ref('int_resolved_records') }}

)

select
    record_id,
    feed,
    dataset,
    identity_key,
    unresolved_reason,
    record_type,
    occurred_date,
    authority,
    batch_id,
    source_sha256,
    source_row
from records
where subject_id is null
