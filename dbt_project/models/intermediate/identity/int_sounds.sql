-- One row per trade name that linkage compares: as it sounds, so that characters that sound alike
-- are the same. Eight characters are heard, what follows is read.
{% set heard = 8 %}
with

parts as (

    select * from {{ ref('int_name_parts') }}

),

sounds as (

    select * from {{ ref('ref_pinyin') }}

),

places as (

    {% for place in range(1, heard + 1) %}
    select {{ place }} as place
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

texts as (

    select distinct trade_name as text from parts
    where trade_name is not null

),

letters as (

    select
        texts.text,
        places.place,
        substring(texts.text, places.place, 1) as letter
    from texts
    inner join places
        on places.place <= length(texts.text)

)

select
    letters.text,
    concat(
        {% for place in range(1, heard + 1) -%}
        coalesce(max(case when letters.place = {{ place }}
            then coalesce(sounds.sound, letters.letter) end), ''), ' ',
        {% endfor -%}
        substring(letters.text, {{ heard + 1 }})
    ) as sound
from letters
left join sounds
    on letters.letter = sounds.letter
group by letters.text
