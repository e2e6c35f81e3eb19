-- One row per value of what linkage compares by frequency: its share in the names of the register.
-- What is frequent there says little when it agrees.
{% set compared = ['name_key', 'core', 'trade_name', 'representative'] %}
with

known as (

    select * from {{ ref('int_identity_known') }}

),

counted as (

    {% for column in compared %}
    select
        '{{ column }}' as compared,
        {{ column }} as text,
        count(*) as uses
    from known
    where {{ column }} is not null
    group by {{ column }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    compared,
    text,
    cast(uses as double) / sum(uses) over (partition by compared) as share
from counted
