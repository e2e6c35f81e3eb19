{# Small words of staging: what every dataset is cast and keyed by. Engine specifics live here and nowhere behind. #}

{# Text as a date: 2026-01-31, 2026/1/31 or 20260131, a time after it ignored; an open end (2099-*, 9999-*) is 2099-12-31. #}
{% macro to_date(column) -%}
case
            when {{ column }} like '2099%' or {{ column }} like '9999%' then cast('2099-12-31' as date)
            when length({{ column }}) = 8 and {{ column }} not like '%-%' and {{ column }} not like '%/%'
                then try_cast(concat(
                    left({{ column }}, 4), '-', substring({{ column }}, 5, 2), '-', right({{ column }}, 2)
                ) as date)
            else try_cast(replace(split_part({{ column }}, ' ', 1), '/', '-') as date)
        end
{%- endmacro %}

{# Text as an instant in Beijing time: a day, which is its first moment, or 2026-01-31 10:05:00.5 with blank or T. #}
{% macro to_instant(column) -%}
case
            when length({{ column }}) > 10
                then try_cast(replace(replace(split_part({{ column }}, '+', 1), '/', '-'), 'T', ' ') as timestamp)
            else cast({{ to_date(column) }} as timestamp)
        end
{%- endmacro %}

{# A month as its first day: 202601, 2026-01 or 2026/01. #}
{% macro to_month(column) -%}
try_cast(concat(left({{ column }}, 4), '-', right({{ column }}, 2), '-01') as date)
{%- endmacro %}

{# A date as part of a key: the same day in another format is the same key. #}
{% macro date_key(column) -%}
cast({{ to_date(column) }} as varchar)
{%- endmacro %}

{# Text as an amount of yuan; factor 10000 where the agency reports 万元. #}
{% macro to_yuan(column, factor=1) -%}
cast(
            cast(try_cast(replace({{ column }}, ',', '') as decimal(18, 6)) as decimal(28, 6)) * {{ factor }}
            as decimal(18, 2)
        )
{%- endmacro %}

{# The key of one record: each part is a list of columns, of which the first that is there counts. #}
{% macro record_key(parts) -%}
md5(concat(
            {%- for columns in parts %}
            {% if not loop.first %}'|', {% endif %}coalesce({{ columns | join(', ') }}, ''){{ "," if not loop.last }}
            {%- endfor %}
        ))
{%- endmacro %}

{# A person as a hash: the one way in which a model may read one (law L12). #}
{% macro hashed_person(column) -%}
md5(replace({{ fold_width(column) }}, ' ', ''))
{%- endmacro %}

{# Whom a row is about, in the project's words; identity_key is one value per combination of them. The representative is a person: a hash from here on. #}
{% macro subject_columns(
    uscc, name="''", org_code='null', registration_no='null', tax_no='null', authority='null', representative='null', address='null'
) -%}
md5(concat(
            {%- for column in [uscc, org_code, registration_no, tax_no, name, authority, representative, address] if column != 'null' %}
            {% if not loop.first %}'|', {% endif %}coalesce({{ column }}, ''){{ "," if not loop.last }}
            {%- endfor %}
        )) as identity_key,
        {{ uscc }} as uscc,
        replace(cast({{ org_code }} as varchar), '-', '') as org_code,
        cast({{ registration_no }} as varchar) as registration_no,
        cast({{ tax_no }} as varchar) as tax_no,
        nullif({{ name }}, '') as name,
        cast({{ authority }} as varchar) as authority,
        {{ 'cast(null as varchar)' if representative == 'null' else hashed_person(representative) }} as representative,
        cast({{ address }} as varchar) as address
{%- endmacro %}

{# Where a row comes from. version_no orders the versions of one key: instant of hand-over, then batch, then row. #}
{% macro lineage_columns() -%}
_batch_id as batch_id,
        _source_sha256 as source_sha256,
        _source_row as source_row,
        _delivered_date as delivered_date,
        cast({{ to_instant('"提供日期"') }} as date) as provided_date,
        cast(epoch_us(coalesce({{ to_instant('"提供日期"') }}, cast(_delivered_date as timestamp))) as hugeint)
        * 100000000000000000000 + cast(_batch_seq as hugeint) * 100000000000 + _source_row as version_no,
        coalesce(lower("增删改标志") = 'd', false) as is_withdrawn
{%- endmacro %}

{# Rows that count at as_of: delivered by then, and not brought in by a waiver that has ended. #}
{% macro delivered() -%}
_delivered_date <= {{ as_of() }}
        and (_valid_until is null or _valid_until >= {{ as_of() }})
{%- endmacro %}
