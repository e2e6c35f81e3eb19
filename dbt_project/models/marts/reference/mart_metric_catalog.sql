-- One row per metric of the released marts and version of its definition: the indicators of the
-- index, and the rest.
with

definitions as (

    select * from {{ ref('ref_metric_definitions') }}

),

indicators as (

    select * from {{ ref('ref_index_indicators') }}

),

measures as (

    select * from {{ ref('ref_index_measures') }}

),

index_metrics as (

    select
        indicators.indicator_code as metric_code,
        indicators.name,
        coalesce(measures.formula, '下级指标得分之和') as formula,
        coalesce(measures.unit, '分') as unit,
        case when measures.method = 'cap' then 'lower_is_better' else 'higher_is_better' end
            as direction,
        indicators.spec_version,
        case
            when measures.basis is null then indicators.basis
            else indicators.basis || '；' || measures.basis
        end as basis
    from indicators
    left join measures
        on indicators.spec_version = measures.spec_version
        and indicators.indicator_code = measures.indicator_code

),

metrics as (

    select metric_code, name, formula, unit, direction, spec_version, basis from definitions
    union all
    select metric_code, name, formula, unit, direction, spec_version, basis from index_metrics

)

select * from metrics
