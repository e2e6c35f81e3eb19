{# What a schema holds, from the lake's own catalogue: information_schema would plan every view for it. #}
{% macro duckdb__list_relations_without_caching(schema_relation) %}
    {% set catalogue = '__ducklake_metadata_' ~ schema_relation.database %}
    {% set found %}
        {% for kind in ['table', 'view'] %}
        select '{{ schema_relation.database }}' as database, {{ kind }}_name as name, schema_name as schema,
            '{{ kind }}' as type
        from {{ catalogue }}.ducklake_{{ kind }} as relations
        inner join {{ catalogue }}.ducklake_schema using (schema_id)
        where relations.end_snapshot is null and schema_name = '{{ schema_relation.schema }}'
        {{ 'union all' if not loop.last }}
        {% endfor %}
    {% endset %}
    {{ return(run_query(found)) }}
{% endmacro %}
