-- One row per open identity key and subject: the weight of evidence in bits that the key means the
-- subject (Fellegi and Sunter 1969), by the name of the subject that fits best.
with

levels as (

    select * from {{ ref('int_identity_levels') }}

),

known as (

    select * from {{ ref('int_identity_known') }}

),

frequencies as (

    select * from {{ ref('int_identity_frequencies') }}

),

weights as (

    select weights.*
    from {{ ref('ref_linkage_weights') }} as weights
    inner join {{ ref('ref_linkage_limits') }} as limits
        on weights.model_version = limits.model_version

),

register_size as (

    select cast(count(*) as double) as names from known

),

beginning as (

    -- before anything is compared every name of the register is as likely as the other
    select ln(weights.m_probability / register_size.names) / ln(2) as bits
    from weights
    cross join register_size
    where weights.comparison = 'prior'

),

measured as (

    -- where a value agrees whose frequency is known, it counts instead of the average one
    select
        levels.*,
        ln(name_weights.m_probability / coalesce(names.share, name_weights.u_probability)) / ln(2)
            as name_bits,
        ln(rep_weights.m_probability / coalesce(reps.share, rep_weights.u_probability)) / ln(2)
            as rep_bits,
        ln(address_weights.m_probability / address_weights.u_probability) / ln(2) as address_bits
    from levels
    inner join weights as name_weights
        on name_weights.comparison = 'name'
        and levels.name_level = name_weights.agreement
    left join weights as rep_weights
        on rep_weights.comparison = 'representative'
        and levels.rep_level = rep_weights.agreement
    left join weights as address_weights
        on address_weights.comparison = 'address'
        and levels.address_level = address_weights.agreement
    left join frequencies as names
        on names.compared = case levels.name_level
            when 'full_name' then 'name_key' else levels.name_level
        end
        and names.text = case levels.name_level
            when 'full_name' then levels.name_key
            when 'core' then levels.core
            when 'trade_name' then levels.trade_name
        end
    left join frequencies as reps
        on reps.compared = 'representative'
        and reps.text = case when levels.rep_level = 'same' then levels.representative end

),

weighed as (

    select
        measured.*,
        beginning.bits + measured.name_bits + coalesce(measured.rep_bits, 0)
        + coalesce(measured.address_bits, 0) as weight
    from measured
    cross join beginning

),

ranked as (

    select
        *,
        row_number() over (
            partition by identity_key, subject_id
            order by weight desc, name_level asc, rep_level asc, address_level asc
        ) as place
    from weighed

)

select
    identity_key,
    subject_id,
    name_level,
    rep_level,
    address_level,
    round(weight, 6) as weight
from ranked
where place = 1
