{# CTEs that follow merges to their end: each step doubles how far one has come, 64 merges after six. Read from walked: merged_into is the last subject, latest_order the latest decision of the way. #}
{% macro walked(edges) -%}
{% for step in range(1, 7) -%}
{{ 'walked' if loop.last else 'walked_' ~ step }} as (

    {% set before = 'walked_' ~ (step - 1) if not loop.first else edges -%}
    select
        here.decision_no,
        here.decision_order,
        here.subject_id,
        coalesce(onward.merged_into, here.merged_into) as merged_into,
        greatest(here.latest_order, coalesce(onward.latest_order, here.latest_order)) as latest_order
    from {{ before }} as here
    left join {{ before }} as onward
        on here.merged_into = onward.subject_id

){{ ',' if not loop.last }}

{% endfor %}
{%- endmacro %}
