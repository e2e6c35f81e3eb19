{# The version of each record that counts: the latest one of its key, unless that withdraws it. #}
{% macro current_version(relation) -%}
select *
    from (
        select
            *,
            row_number() over (partition by record_key order by version_no desc) as version_place
        from {{ relation }}
    ) as versions
    where version_place = 1
        and not is_withdrawn
        and not is_natural_person
{%- endmacro %}
