{#
    Tables and views under their own names at once. dbt builds each beside the old one and swaps their names, so that
    readers never miss it; here a build is one transaction (docs/decisions/0020), and nobody sees it before its end.
#}
{% macro build_relation(kind) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=kind) -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        {{ drop_sql(existing) if existing is not none }}
        {{ create_table_as(False, target, sql) if kind == 'table' else get_create_view_as_sql(target, sql) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmacro %}

{# adapter.drop_relation does the same for ten times the time: it makes a context of all macros for it. #}
{% macro drop_sql(relation) -%}
    drop {{ relation.type }} if exists {{ relation }};
{%- endmacro %}

{# Seeds are always made anew (dbt_project.yml). #}
{% macro duckdb__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {%- call statement('drop') %}{{ drop_sql(old_relation) }}{% endcall -%}
    {{ return(create_csv_table(model, agate_table)) }}
{% endmacro %}

{% materialization table, adapter='duckdb' %}
    {{ return(build_relation('table')) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(build_relation('view')) }}
{% endmaterialization %}
