{# Count every relation of this run where the manifest says it is, into a file; a misplaced one fails the run. #}
{% macro write_row_counts(results) %}
    {% if not execute or not env_var('CREDITLAKE_DBT_ROWS', '') %}{{ return('select 1') }}{% endif %}
    {% set counts = [] %}
    {% for result in results if result.node.resource_type in ['model', 'seed'] and result.status == 'success' %}
        {% do counts.append(
            "select '" ~ result.node.unique_id ~ "' as id, count(*) as n from " ~ result.node.relation_name
        ) %}
    {% endfor %}
    {% if not counts %}{{ return('select 1') }}{% endif %}
    {% set path = env_var('CREDITLAKE_DBT_ROWS').replace("'", "''") %}
    copy ({{ counts | join(' union all ') }}) to '{{ path }}' (format json)
{% endmacro %}
