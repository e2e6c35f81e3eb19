{#
    What the plain tests of many relations ask, as one (modelling/grouped.py). One row per test that rows break.
    Each relation is read once for all its columns, and once more for each test that has to look elsewhere.
#}
{% macro columns_hold(relations) %}
{%- set broken = [] -%}
with
{%- for tested in relations %}
{%- set here = columns_of(tested) %}
of_{{ tested.name }} as (
    select count(*) as n{% for what, count in here %}, {{ count }} as n_{{ loop.index }}{% endfor %} from {{ tested.model }}
){{ ',' if not loop.last }}
{%- for what, count in here %}
    {%- do broken.append([tested.name ~ "." ~ what, "n_" ~ loop.index, "of_" ~ tested.name]) %}
{%- endfor %}
{%- for what, rows in rows_of(tested) %}
    {%- do broken.append([tested.name ~ "." ~ what, "count(*)", rows]) %}
{%- endfor %}
{%- endfor %}
select what, broken_rows from (
{%- for what, count, rows in broken %}
    select {{ loop.index }} as place, '{{ what }}' as what, {{ count }} as broken_rows from {{ rows }}
    {{- ' union all' if not loop.last }}
{%- endfor %}
) as counted where broken_rows > 0
order by place
{%- endmacro %}

{# What is asked of each row of a relation, and how to count the rows that break it. #}
{% macro columns_of(tested) %}
{% set counts = [] %}
{% for column in tested.filled %}
    {% do counts.append([column ~ " is null", "count(*) - count(" ~ column ~ ")"]) %}
{% endfor %}
{% for test in tested.listed %}
    {% set mark = "'" if test.quote | default(true) else "" %}
    {% set values = mark ~ test['values'] | join(mark ~ ", " ~ mark) ~ mark %}
    {% set count = "count(case when " ~ test.column_name ~ " not in (" ~ values ~ ") then 1 end)" %}
    {% do counts.append([test.column_name ~ " is not in its list", count]) %}
{% endfor %}
{{ return(counts) }}
{% endmacro %}

{# What is asked of rows together, and the values or rows that break it, as what stands behind `from`. #}
{% macro rows_of(tested) %}
{% set rows = [] %}
{% for column in tested.distinct %}
    {% do rows.append([column ~ " is not unique", repeated(tested.model, [column], keeps_null=true)]) %}
{% endfor %}
{% for test in tested.related %}
    {% set there = test.to.identifier ~ "." ~ test.field %}
    {% do rows.append([test.column_name ~ " is not in " ~ there, not_found(tested.model, **test)]) %}
{% endfor %}
{% for columns in tested.together %}
    {% do rows.append([columns | join(" and ") ~ " name no row", repeated(tested.model, columns)]) %}
{% endfor %}
{{ return(rows) }}
{% endmacro %}

{# Values that several rows share; the columns that are null in a row are one such, unless that may be. #}
{% macro repeated(model, columns, keeps_null=false) -%}
(
    select {{ columns | join(', ') }} from {{ model }}
    {% if keeps_null %}where {{ columns | join(' is not null and ') }} is not null{% endif %}
    group by {{ columns | join(', ') }}
    having count(*) > 1{% if not keeps_null %} or {{ columns | join(' is null or ') }} is null{% endif %}
) as repeated
{%- endmacro %}

{# Rows whose value is not to be found in the column of another relation. #}
{% macro not_found(model, column_name, to, field) -%}
{{ model }} as child
left join (select distinct {{ field }} as found from {{ to }}) as parent on parent.found = child.{{ column_name }}
where child.{{ column_name }} is not null and parent.found is null
{%- endmacro %}
