{#
    Tables and views under their own names at once. dbt builds each beside the old one and swaps their names, so that
    readers never miss it; here a build is one transaction (docs/decisions/0020), and nobody sees it before its end.
#}
{% macro build_relation(kind) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=kind) -%}
    {{ run_hooks(pre_hooks) }}
    {%- if existing is not none %}{{ drop_relation_if_exists(existing) }}{% endif -%}
    {%- call statement('main') -%}
        {{ create_table_as(False, target, sql) if kind == 'table' else get_create_view_as_sql(target, sql) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmacro %}

{% materialization table, adapter='duckdb' %}
    {{ return(build_relation('table')) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(build_relation('view')) }}
{% endmaterialization %}
