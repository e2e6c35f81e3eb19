{# Full-width letters, digits, brackets and blanks as half-width ones. #}
{% macro fold_width(column) -%}
translate(
            {{ column }},
            '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ（）【】［］．，－　',
            '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz()[][].,- '
        )
{%- endmacro %}

{# A name as it is compared: one width, one kind of brackets, no blanks, and 有限责任公司 the same as 有限公司. #}
{% macro name_key(column) -%}
upper(replace(replace(translate(
            {{ fold_width(column) }}, '[]{}〔〕', '()()()'
        ), ' ', ''), '有限责任公司', '有限公司'))
{%- endmacro %}

{# The number before the unit in a text like 1,000.5(万人民币元). #}
{% macro leading_number(column) -%}
try_cast(replace(regexp_extract({{ column }}, '^([0-9][0-9,]*[.]?[0-9]*)', 1), ',', '') as decimal(18, 6))
{%- endmacro %}

{# What stands behind the number, brackets left out: 万人民币元. #}
{% macro unit_text(column) -%}
translate(regexp_extract({{ column }}, '^[0-9][0-9,]*[.]?[0-9]*(.*)$', 1), '() ', '')
{%- endmacro %}

{# Whole calendar units between two dates, as people count ages: the last one must be full. #}
{% macro full_months(start_date, end_date) -%}
(
            (extract(year from {{ end_date }}) - extract(year from {{ start_date }})) * 12
            + extract(month from {{ end_date }}) - extract(month from {{ start_date }})
            - case when extract(day from {{ end_date }}) < extract(day from {{ start_date }}) then 1 else 0 end
        )
{%- endmacro %}

{% macro full_years(start_date, end_date) -%}
cast(floor({{ full_months(start_date, end_date) }} / 12.0) as integer)
{%- endmacro %}

{# The last day of a span that begins with a date and lasts some months. #}
{% macro add_months(start_date, months) -%}
cast({{ start_date }} + {{ months }} * interval '1' month as date)
{%- endmacro %}

{# The first day on which as many months are full: of 31 March six months on 1 October, for September has no 31st. #}
{% macro months_reached(start_date, months) -%}
cast({{ add_months(start_date, months) }} + case
            when extract(day from {{ add_months(start_date, months) }}) < extract(day from {{ start_date }}) then 1
            else 0
        end * interval '1' day as date)
{%- endmacro %}

{# What dishonest information is about, as a key: its kind, document, authority and subject; null where one is not known. #}
{% macro about_key(breach_type, document_no, authority, subject_id) -%}
case
            when {{ document_no }} is not null and {{ authority }} is not null and {{ subject_id }} is not null
                then md5(concat(
                    {{ breach_type }}, '|', {{ name_key(document_no) }}, '|',
                    {{ name_key(authority) }}, '|', {{ subject_id }}
                ))
        end
{%- endmacro %}
