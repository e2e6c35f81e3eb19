{# The business date as a SQL date; a build without it cannot start. #}
{% macro as_of() -%}
    {%- if execute and not var('as_of') -%}
        {{ exceptions.raise_compiler_error("give the business date: --vars '{as_of: YYYY-MM-DD}'") }}
    {%- endif -%}
    cast('{{ var("as_of") }}' as date)
{%- endmacro %}
