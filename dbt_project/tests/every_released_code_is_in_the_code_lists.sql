-- Every value of a coded column of the released marts (national code tables aside) is in
-- mart_code_lists.
{% set coded = {
    'mart_subjects': ['subject_type', 'registration_status', 'district_code', 'district_source'],
    'mart_subject_merges': ['decision_kind', 'decision_basis'],
    'mart_credit_records': ['record_type', 'severity', 'match_method', 'feed', 'dataset'],
    'mart_subject_profiles': ['evaluation_grade', 'supervision_class', 'tax_rating'],
    'mart_evaluation_points': ['item_code'],
    'mart_profile_reasons': ['item_code'],
    'mart_subject_portraits': ['dimension_code'],
    'mart_portrait_tags': ['tag_code'],
    'mart_city_credit_index': ['area_code', 'indicator_code', 'parent_code', 'source_mode', 'spec_version'],
    'mart_loan_scores': ['model_id', 'grade', 'hard_stop_code'],
    'mart_loan_score_points': ['reason_code', 'feature'],
    'mart_batch_ledger': ['feed', 'dataset', 'status', 'refusal_code'],
    'mart_quality_checks': ['severity', 'scope'],
    'mart_metric_catalog': ['metric_code', 'direction', 'spec_version'],
} %}
with

code_lists as (

    select * from {{ ref('mart_code_lists') }}

),

used as (

    {% for mart, columns in coded.items() %}
    {% set last_mart = loop.last %}
    {% for column in columns %}
    select distinct '{{ mart }}' as mart, '{{ column }}' as column_name, {{ column }} as code
    from {{ ref(mart) }}
    {{ 'union all' if not (last_mart and loop.last) }}
    {% endfor %}
    {% endfor %}

),

unlisted as (

    select used.*
    from used
    left join code_lists
        on used.column_name = code_lists.column_name
        and used.code = code_lists.code
    where used.code is not null
        and code_lists.code is null

)

select * from unlisted
