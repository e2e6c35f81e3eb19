-- One row per identity key: the subject it means, by which rung of the ladder, with weight and
-- margin where likelihood decided, or why none. A key that people must look at has a review reason.
with

rungs as (

    select * from {{ ref('int_identity_rungs') }}

),

linked as (

    select
        *,
        case
            when is_doubted then null
            else coalesce(
                by_code, by_damaged_code, by_name_in_district, by_name_and_second, by_likelihood
            )
        end as subject_id,
        case
            when is_doubted then null
            when by_code is not null then code_method
            when by_damaged_code is not null then 'damaged_code'
            when by_name_in_district is not null then 'name_district'
            when by_name_and_second is not null then 'name_second'
            when by_likelihood is not null then 'likelihood'
        end as match_method
    from rungs

),

asked as (

    select
        *,
        case
            when is_doubted then 'code_of_another_name'
            when subject_id is not null then null
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
    case
        when subject_id is not null then null
        when review_reason is not null then 'in_review'
        when most_subjects > 1 then 'several_subjects'
        when uscc is not null or org_code is not null then 'code_not_registered'
        when registration_no is not null then 'registration_no_not_registered'
        when name is not null then 'name_not_found'
        else 'no_identifier'
    end as unresolved_reason
from asked
