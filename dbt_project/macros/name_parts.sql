{# What a name and an address are made of. The words are this city's and this language's; a word that is missing costs recall, never precision. #}

{% macro front_pattern() -%}
^((?:内蒙古自治区|内蒙古|内蒙)?(?:呼和浩特市|呼和浩特|呼市)?(?:{{ district_words() | join('|') }})?)
{%- endmacro %}

{% macro district_words() %}
    {{ return([
        "新城区", "回民区", "玉泉区", "赛罕区", "土默特左旗", "土左旗", "托克托县", "托县", "和林格尔县", "和林县", "清水河县", "武川县",
        "如意开发区", "金山开发区", "金川开发区", "盛乐园区", "经济技术开发区",
    ]) }}
{% endmacro %}

{# Words that say what a business does, the longer ones first. #}
{% macro trade_words() %}
    {{ return([
        "房地产开发", "农民专业合作", "建筑工程", "装饰工程", "市政工程", "餐饮管理", "文化传媒", "信息技术", "五金机电", "五金建材",
        "物业服务", "园林绿化", "机械设备", "汽车销售", "教育咨询", "酒店管理", "劳务服务", "电子商务", "环保科技", "农业开发",
        "健康管理", "企业管理", "商务咨询", "通讯器材", "农牧业", "新能源", "便利店", "小吃店", "理发店", "货运部", "水果店", "打印部",
        "商贸", "贸易", "科技", "食品", "物流", "乳业", "医药", "广告", "运输", "建材", "旅游", "服装", "种植", "养殖",
    ]) }}
{% endmacro %}

{# Ends of names that say the form, the longer ones first. #}
{% macro form_words() %}
    {{ return([
        "股份有限公司", "有限公司分公司", "合伙企业[(]有限合伙[)]", "农民专业合作社", "有限公司", "分公司", "合伙企业", "经营部", "商店", "公司", "店", "厂",
    ]) }}
{% endmacro %}

{# The parts of a name that is compared (name_key): select these from a relation that has it. #}
{% macro without_city_in_brackets(name_key) -%}
replace(replace(replace({{ name_key }}, '(呼和浩特市)', ''), '(呼和浩特)', ''), '(内蒙古)', '')
{%- endmacro %}

{# CTEs that add to a relation how many characters two of its texts share at the beginning, at most 31: read from the last, beginnings. #}
{% macro shared_beginnings(relation, one, other) -%}
{% for step in [16, 8, 4, 2, 1] -%}
{{ 'beginnings' if loop.last else 'beginnings_' ~ step }} as (

    select
        *,
        {% set before = 'shared_' ~ (step * 2) if not loop.first else '0' -%}
        {{ before }} + case
            when substring({{ one }}, {{ before }} + 1, {{ step }}) = substring({{ other }}, {{ before }} + 1, {{ step }})
                and length({{ one }}) >= {{ before }} + {{ step }}
                then {{ step }}
            else 0
        end as {{ 'shared' if loop.last else 'shared_' ~ step }}
    from {{ relation if loop.first else 'beginnings_' ~ (step * 2) }}

){{ ',' if not loop.last }}

{% endfor %}
{%- endmacro %}

{# One error of writing lies between two texts: a character replaced, added, lost, or two neighbours changed about. Counts characters, not bytes. #}
{% macro is_one_error(one, other) -%}
(
        substring({{ one }}, shared + 2) = substring({{ other }}, shared + 2)
        or substring({{ one }}, shared + 1) = substring({{ other }}, shared + 2)
        or substring({{ one }}, shared + 2) = substring({{ other }}, shared + 1)
        or (
            substring({{ one }}, shared + 3) = substring({{ other }}, shared + 3)
            and substring({{ one }}, shared + 1, 1) = substring({{ other }}, shared + 2, 1)
            and substring({{ one }}, shared + 2, 1) = substring({{ other }}, shared + 1, 1)
        )
    )
{%- endmacro %}

{# The check character of a unified code is right (GB 32100-2015 appendix A): weights 3^i mod 31. #}
{% macro uscc_is_valid(uscc) -%}
(
            length({{ uscc }}) = 18
            and (
                {%- for weight in [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1] %}
                {{ '+ ' if not loop.first }}(instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substring({{ uscc }}, {{ loop.index }}, 1)) - 1) * {{ weight }}
                {%- endfor %}
            ) % 31 = 0
        )
{%- endmacro %}

{# Everything that linkage compares of one side; the relation has name_key, representative and address. #}
{% macro compared_columns(relation) -%}
{{ relation }}.name_key,
    parts.core,
    parts.trade_name,
    parts.trade,
    concat(name_sounds.sound, '|', coalesce(parts.trade, '')) as core_sound,
    name_sounds.sound as trade_sound,
    {{ relation }}.representative,
    left(parts.core, 2) as core_begin,
    right(parts.core, 3) as core_end,
    nullif({{ relation }}.place, '') as address,
    nullif(regexp_extract({{ relation }}.place, '^({{ district_words() | join("|") }})', 1), '') as district,
    nullif(regexp_extract({{ relation }}.place, '^((?:{{ district_words() | join("|") }})?[^0-9]+[0-9]+号)', 1), '') as house,
    nullif(regexp_extract({{ relation }}.place, '^(?:{{ district_words() | join("|") }})?([^0-9]+)', 1), '') as road
{%- endmacro %}

{# An address without province and city, in one width and without blanks. #}
{% macro place_of(address) -%}
substring(
            replace({{ fold_width(address) }}, ' ', ''),
            1 + length(regexp_extract(
                replace({{ fold_width(address) }}, ' ', ''), '^((?:内蒙古自治区|内蒙古)?(?:呼和浩特市)?)', 1
            ))
        )
{%- endmacro %}
