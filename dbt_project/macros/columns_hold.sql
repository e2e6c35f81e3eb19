{# The rows that break one plain test, as what stands behind `from`; see tests/generic/columns_hold.sql. #}

{# Values that several rows share; the columns that are null in a row are one such, unless that may be. #}
{% macro repeated(model, columns, keeps_null=false) -%}
(
    select {{ columns | join(', ') }} from {{ model }}
    {% if keeps_null %}where {{ columns | join(' is not null and ') }} is not null{% endif %}
    group by {{ columns | join(', ') }}
    having count(*) > 1{% if not keeps_null %} or {{ columns | join(' is null or ') }} is null{% endif %}
) as repeated
{%- endmacro %}

{# Rows whose value is none of those listed. #}
{% macro not_listed(model, column_name, values, quote=true) -%}
{% set mark = "'" if quote else "" -%}
{{ model }} where {{ column_name }} not in ({{ mark }}{{ values | join(mark ~ ', ' ~ mark) }}{{ mark }})
{%- endmacro %}

{# Rows whose value is not to be found in the column of another relation. #}
{% macro not_found(model, column_name, to, field) -%}
{{ model }} as child
left join (select distinct {{ field }} as found from {{ to }}) as parent on parent.found = child.{{ column_name }}
where child.{{ column_name }} is not null and parent.found is null
{%- endmacro %}
