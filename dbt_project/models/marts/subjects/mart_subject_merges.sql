-- One row per decision that merged two subjects or took a merge back: the log. Who decided is in no
-- mart.
with

decisions as (

    select * from {{ ref('int_identity_decisions') }}

),

merged as (

    select * from {{ ref('int_merge_decisions') }}

),

conflicts as (

    select * from {{ ref('int_decision_conflicts') }}

),

subjects as (

    select * from {{ ref('int_registered_subjects') }}

),

released as (

    select
        decisions.decision_no,
        decisions.decision_kind,
        decisions.subject_id,
        subjects.uscc,
        decisions.surviving_subject_id as merged_into,
        decisions.decided_date,
        coalesce(merged.reversed_date, decisions.withdrawn_date) as reversed_date,
        decisions.decision_basis
    from decisions
    inner join subjects
        on decisions.subject_id = subjects.subject_id
    left join merged
        on decisions.decision_no = merged.decision_no
    left join conflicts
        on decisions.decision_no = conflicts.decision_no
    where decisions.decision_kind in ('合并', '撤销合并')
        and decisions.subject_id <> decisions.surviving_subject_id
        and conflicts.decision_no is null

)

select * from released
