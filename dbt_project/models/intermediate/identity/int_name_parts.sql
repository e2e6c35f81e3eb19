-- One row per name that linkage compares: front, trade name, trade and form taken apart.
with

subject_names as (

    select distinct name_key from {{ ref('int_subject_names') }}

),

open_keys as (

    select distinct name_key from {{ ref('int_identity_open_keys') }}

),

names as (

    select name_key from subject_names
    union
    select name_key from open_keys

),

unbracketed as (

    select
        name_key,
        {{ without_city_in_brackets('name_key') }} as text
    from names

),

fronted as (

    select
        name_key,
        text,
        regexp_extract(text, '{{ front_pattern() }}', 1) as front
    from unbracketed

),

formed as (

    select
        name_key,
        substring(text, length(front) + 1) as rest,
        regexp_extract(
            substring(text, length(front) + 1), '({{ form_words() | join("|") }})$', 1
        ) as form
    from fronted

),

traded as (

    select
        name_key,
        left(rest, length(rest) - length(form)) as core,
        regexp_extract(
            left(rest, length(rest) - length(form)), '({{ trade_words() | join("|") }})$', 1
        ) as trade
    from formed

)

select
    name_key,
    nullif(core, '') as core,
    nullif(case
        when length(trade) = length(core) then core
        else left(core, length(core) - length(trade))
    end, '') as trade_name,
    nullif(trade, '') as trade
from traded
