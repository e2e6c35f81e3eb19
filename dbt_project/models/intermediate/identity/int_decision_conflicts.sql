-- One row per decision that is not withdrawn and cannot be carried out: the reason. Such a decision
-- changes nothing.
with

decisions as (

    select * from {{ ref('int_identity_decisions') }}
    where withdrawn_date is null

),

keys as (

    select * from {{ ref('int_identity_keys') }}

),

merged as (

    select * from {{ ref('int_merge_decisions') }}

),

circles as (

    select * from {{ ref('int_merge_circles') }}

),

undone as (

    select distinct later.decision_no
    from decisions as later
    inner join merged
        on later.subject_id = merged.subject_id
        and later.surviving_subject_id = merged.surviving_subject_id
        and later.decision_order > merged.decision_order

),

judged as (

    select
        decisions.decision_no,
        decisions.decision_kind,
        decisions.decided_date,
        case
            when decisions.subject_id is null then 'subject_not_registered'
            when decisions.decision_kind in ('挂接', '不挂接')
                then case when keys.identity_key is null then 'key_not_known' end
            when decisions.surviving_subject_id is null then 'survivor_not_registered'
            when decisions.subject_id = decisions.surviving_subject_id then 'one_subject'
            when decisions.decision_kind = '撤销合并'
                then case when undone.decision_no is null then 'no_merge_before' end
            when circles.decision_no is not null then 'closes_a_circle'
            when merged.reversed_date is null and merged.place > 1 then 'already_merged'
        end as conflict_reason
    from decisions
    left join keys
        on decisions.identity_key = keys.identity_key
    left join merged
        on decisions.decision_no = merged.decision_no
    left join circles
        on decisions.decision_no = circles.decision_no
    left join undone
        on decisions.decision_no = undone.decision_no

)

select * from judged
where conflict_reason is not null
