{# What every record carries behind its own facts: whom it is about, and the row it comes from. #}
{% macro record_columns(feed, dataset, relation) -%}
'{{ feed }}' as feed,
        '{{ dataset }}' as dataset,
        md5(concat('{{ feed }}', '|', '{{ dataset }}', '|', {{ relation }}.record_key)) as record_id,
        {{ relation }}.identity_key,
        links.subject_id,
        links.match_method,
        links.unresolved_reason,
        {{ relation }}.authority,
        {{ relation }}.batch_id,
        {{ relation }}.source_sha256,
        {{ relation }}.source_row
{%- endmacro %}
