-- One row per name of a registered subject, with all that linkage compares.
with

subject_names as (

    select
        *,
        {{ place_of('address') }} as place
    from {{ ref('int_subject_names') }}

),

parts as (

    select * from {{ ref('int_name_parts') }}

),

sounds as (

    select * from {{ ref('int_sounds') }}

)

select
    subject_names.subject_id,
    subject_names.is_current,
    {{ compared_columns('subject_names') }}
from subject_names
inner join parts
    on subject_names.name_key = parts.name_key
left join sounds as name_sounds
    on parts.trade_name = name_sounds.text
