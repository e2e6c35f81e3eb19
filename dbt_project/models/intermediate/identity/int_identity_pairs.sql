-- One row per open identity key and name of a registered subject that share enough to be compared:
-- what shares less is so unlikely that no other evidence makes up for it. What people ruled out is
-- not compared.
{% set blocks = [
    ['name_key'], ['core'], ['core_sound'], ['trade_name', 'representative'], ['trade_name', 'house'],
    ['representative', 'house'],
    ['representative', 'core_begin'], ['representative', 'core_end'], ['house', 'core_begin'],
    ['house', 'core_end'],
] %}
with

asked as (

    select * from {{ ref('int_identity_residue') }}

),

known as (

    select * from {{ ref('int_identity_known') }}

),

verdicts as (

    select * from {{ ref('int_identity_verdicts') }}

),

blocked as (

    {% for block in blocks %}
    select asked.identity_key, known.subject_id, known.name_key
    from asked
    inner join known
        on {% for column in block %}
            {{ 'and ' if not loop.first }}asked.{{ column }} = known.{{ column }}
            {%- endfor %}
    union
    {% endfor %}
    select asked.identity_key, known.subject_id, known.name_key
    from asked
    inner join known
        on asked.claimed_subject_id = known.subject_id

)

select blocked.*
from blocked
left join verdicts
    on blocked.identity_key = verdicts.identity_key
    and blocked.subject_id = verdicts.subject_id
    and verdicts.is_ruled_out
where verdicts.identity_key is null
