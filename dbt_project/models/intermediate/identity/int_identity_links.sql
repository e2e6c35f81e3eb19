-- One row per identity key: the subject it means, by people or by which rung of the ladder, with
-- weight and margin where likelihood decided, or why none. A key that people must look at has a
-- review reason.
with

rungs as (

    select * from {{ ref('int_identity_rungs') }}

),

verdicts as (

    select * from {{ ref('int_identity_verdicts') }}

),

decided as (

    select * from verdicts
    where is_linked

),

ruled_out as (

    select distinct identity_key from verdicts
    where is_ruled_out

),

joined as (

    select
        rungs.*,
        decided.subject_id as by_decision,
        decided.decided_by,
        decided.decided_date,
        ruled_out.identity_key is not null as is_ruled_out
    from rungs
    left join decided
        on rungs.identity_key = decided.identity_key
    left join ruled_out
        on rungs.identity_key = ruled_out.identity_key

),

linked as (

    select
        *,
        case
            when by_decision is not null then by_decision
            when is_doubted then null
            else coalesce(
                by_code, by_damaged_code, by_name_in_district, by_name_and_second, by_likelihood
            )
        end as subject_id,
        case
            when by_decision is not null then 'decision'
            when is_doubted then null
            when by_code is not null then code_method
            when by_damaged_code is not null then 'damaged_code'
            when by_name_in_district is not null then 'name_district'
            when by_name_and_second is not null then 'name_second'
            when by_likelihood is not null then 'likelihood'
        end as match_method
    from joined

),

asked as (

    select
        *,
        case
            when subject_id is not null then null
            when is_doubted then 'code_of_another_name'
            when weight >= sure_weight then 'likely'
            when weight >= review_weight and name_level = 'full_name' then 'name_alone'
        end as review_reason
    from linked

)

select
    identity_key,
    subject_id,
    match_method,
    case when match_method = 'likelihood' or review_reason is not null then weight end as weight,
    case when match_method = 'likelihood' or review_reason is not null then margin end as margin,
    case when match_method = 'likelihood' or review_reason is not null then model_version end
        as model_version,
    review_reason,
    decided_by,
    decided_date,
    case
        when subject_id is not null then null
        when review_reason is not null then 'in_review'
        when is_ruled_out then 'ruled_out'
        when most_subjects > 1 then 'several_subjects'
        when uscc is not null or org_code is not null then 'code_not_registered'
        when registration_no is not null then 'registration_no_not_registered'
        when name is not null then 'name_not_found'
        else 'no_identifier'
    end as unresolved_reason
from asked
