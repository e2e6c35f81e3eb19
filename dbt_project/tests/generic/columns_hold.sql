{# What the plain tests of one relation ask, as one. One row per test that rows break. #}
{% test columns_hold(model, filled, distinct, listed, related, together) %}
{% set broken = [] %}
{% for test in filled %}
    {% do broken.append([test.column_name ~ " is null", model ~ " where " ~ test.column_name ~ " is null"]) %}
{% endfor %}
{% for test in distinct %}
    {% do broken.append([test.column_name ~ " is not unique", repeated(model, [test.column_name], keeps_null=true)]) %}
{% endfor %}
{% for test in listed %}
    {% do broken.append([test.column_name ~ " is not in its list", not_listed(model, **test)]) %}
{% endfor %}
{% for test in related %}
    {% set there = test.to.identifier ~ "." ~ test.field %}
    {% do broken.append([test.column_name ~ " is not in " ~ there, not_found(model, **test)]) %}
{% endfor %}
{% for test in together %}
    {% do broken.append([test.columns | join(" and ") ~ " name no row", repeated(model, test.columns)]) %}
{% endfor %}
{% for what, rows in broken %}
select '{{ what }}' as what, count(*) as broken_rows from {{ rows }} having count(*) > 0
{{ 'union all' if not loop.last }}
{% endfor %}
{% endtest %}
