{# No column of `filled` is null, none of `distinct` repeats a value. One row a broken column. #}
{% test columns_hold(model, filled, distinct) %}
{% set counts = [] %}
{% for column in filled %}
    {% do counts.append(
        "select '" ~ column ~ " is null' as what, count(*) as broken_rows from " ~ model ~ " where " ~ column ~ " is null"
    ) %}
{% endfor %}
{% for column in distinct %}
    {% do counts.append(
        "select '" ~ column ~ " is not unique' as what, count(*) as broken_rows from (select " ~ column ~ " from " ~ model
        ~ " where " ~ column ~ " is not null group by " ~ column ~ " having count(*) > 1) as repeated"
    ) %}
{% endfor %}
select what, broken_rows
from ({{ counts | join(' union all ') }}) as counted
where broken_rows > 0
{% endtest %}
