-- One row per registered subject and name it has or had, with what else the register says of it.
with

registrations as (

    select * from {{ ref('int_registrations') }}

),

registered as (

    select * from {{ ref('int_registered_subjects') }}

),

merged as (

    select * from {{ ref('int_subject_merges') }}

),

subjects as (

    select
        registered.uscc,
        coalesce(merged.merged_into, registered.subject_id) as subject_id,
        merged.subject_id is not null as is_merged
    from registered
    left join merged
        on registered.subject_id = merged.subject_id

),

places as (

    {% for place in range(1, 6) %}
    select {{ place }} as place
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

former as (

    select
        registrations.uscc,
        nullif(trim(split_part(
            translate(registrations.former_names, '；、，,', ';;;;'), ';', places.place
        )), '') as name
    from registrations
    cross join places
    where registrations.former_names is not null

),

named as (

    select uscc, name_key, true as is_current from registrations
    union
    select uscc, {{ name_key('name') }} as name_key, false as is_current from former
    where name is not null

)

select
    subjects.subject_id,
    named.name_key,
    -- a name that came back counts as the one it has now; one that came by a merge does not
    bool_or(named.is_current and not subjects.is_merged) as is_current,
    coalesce(
        min(case when not subjects.is_merged then registrations.representative end),
        min(registrations.representative)
    ) as representative,
    coalesce(
        min(case when not subjects.is_merged then registrations.address end),
        min(registrations.address)
    ) as address
from named
inner join subjects
    on named.uscc = subjects.uscc
inner join registrations
    on named.uscc = registrations.uscc
group by subjects.subject_id, named.name_key
