-- One row per period, area and leaf that could be measured: numerator and denominator. A leaf is
-- measured only where every dataset it needs has come; the rest stays unavailable, never guessed.
with

measured as (

    select * from {{ ref('int_index_measures__records') }}
    union all
    select * from {{ ref('int_index_measures__subjects') }}
    union all
    select * from {{ ref('int_index_measures__quality') }}
    union all
    select * from {{ ref('int_index_measures__publicity') }}
    union all
    select * from {{ ref('int_index_measures__cases') }}

),

measures as (

    select * from {{ ref('ref_index_measures') }}

),

inputs as (

    select * from {{ ref('ref_index_inputs') }}

),

received as (

    select * from {{ ref('int_datasets_received') }}

),

areas as (

    select * from {{ ref('ref_index_areas') }}

),

complete as (

    select
        inputs.spec_version,
        inputs.indicator_code
    from inputs
    left join received
        on inputs.feed = received.feed
        and inputs.dataset = received.dataset
    group by inputs.spec_version, inputs.indicator_code
    having count(*) = count(received.dataset)

),

available as (

    select
        measures.spec_version,
        measured.period,
        measured.area_code,
        measured.indicator_code,
        measured.numerator,
        measured.denominator
    from measured
    inner join measures
        on measured.indicator_code = measures.indicator_code
    inner join complete
        on measures.spec_version = complete.spec_version
        and measures.indicator_code = complete.indicator_code
    inner join areas
        on measured.area_code = areas.area_code
    where measured.denominator > 0
        and measured.numerator is not null
        and (areas.is_city or measures.has_districts)

)

select * from available
