-- One row per identity key and subject that people decided about: whether it is linked to it, or
-- never again. The last word counts.
with

decisions as (

    select * from {{ ref('int_identity_decisions') }}

),

merged as (

    select * from {{ ref('int_subject_merges') }}

),

standing as (

    -- what was said of a subject that was merged since is said of the one that stays
    select
        decisions.identity_key,
        coalesce(merged.merged_into, decisions.subject_id) as subject_id,
        decisions.decision_kind,
        decisions.decided_by,
        decisions.decided_date,
        decisions.decision_order
    from decisions
    left join merged
        on decisions.subject_id = merged.subject_id
    where decisions.decision_kind in ('挂接', '不挂接')
        and decisions.withdrawn_date is null
        and decisions.subject_id is not null

),

ordered as (

    select
        *,
        row_number() over (
            partition by identity_key, subject_id order by decision_order desc
        ) as place,
        max(case when decision_kind = '挂接' then decision_order end) over (
            partition by identity_key
        ) as linking_order
    from standing

)

select
    identity_key,
    subject_id,
    decision_kind = '不挂接' as is_ruled_out,
    -- a later link to somebody else takes the place of an earlier one for good
    decision_kind = '挂接' and decision_order = linking_order as is_linked,
    decided_by,
    decided_date
from ordered
where place = 1
