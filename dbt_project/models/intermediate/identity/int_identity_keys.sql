-- One row per way in which any dataset but the register and the decisions names a subject. Natural
-- persons stop before.
{% set others = [['identity', 'decisions'], ['registration', 'subjects']] %}
with

{% for feed, dataset, _ in declared_datasets() if [feed, dataset] not in others %}
{{ feed }}_{{ dataset }} as (

    select
        identity_key,
        any_value(uscc) as uscc,
        any_value(org_code) as org_code,
        any_value(registration_no) as registration_no,
        any_value(tax_no) as tax_no,
        any_value(name) as name,
        any_value(authority) as authority,
        any_value(representative) as representative,
        any_value(address) as address
    from {{ ref('stg_' ~ feed ~ '__' ~ dataset) }}
    where not is_natural_person
    group by identity_key

),

{% endfor %}
united as (

    {% for feed, dataset, _ in declared_datasets() if [feed, dataset] not in others %}
    select * from {{ feed }}_{{ dataset }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

distinct_keys as (

    -- the key is a hash of these columns: any row of a key has the same ones
    select
        identity_key,
        any_value(uscc) as uscc,
        any_value(org_code) as org_code,
        any_value(registration_no) as registration_no,
        any_value(tax_no) as tax_no,
        any_value(name) as name,
        any_value(authority) as authority,
        any_value(representative) as representative,
        any_value(address) as address
    from united
    group by identity_key

)

select
    identity_key,
    -- a tax number of 18 characters is the uniform code
    coalesce(uscc, case when length(tax_no) = 18 then tax_no end) as uscc,
    coalesce(
        org_code,
        substring(uscc, 9, 9),
        case
            when length(tax_no) = 18 then substring(tax_no, 9, 9)
            when length(tax_no) = 15 then right(tax_no, 9)
        end
    ) as org_code,
    registration_no,
    name,
    {{ name_key('name') }} as name_key,
    authority,
    representative,
    address
from distinct_keys
