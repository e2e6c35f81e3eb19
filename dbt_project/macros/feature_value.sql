{# The features of int_subject_features that a scorecard may name; adding one is one word here. #}
{% macro number_features() %}
    {{ return([
        "age_years", "registered_capital_yuan", "penalty_weight", "abnormal_count", "tax_arrears_ratio",
        "tax_violation_count", "insured_headcount", "headcount_change", "social_arrears_count",
        "wage_list_count", "negative_count", "permits_valid", "honour_count"
    ]) }}
{% endmacro %}

{# The value of the feature a column names, as DOUBLE; null for a category. #}
{% macro feature_number(feature, relation) %}
case {{ feature }}
            {% for name in number_features() %}
            when '{{ name }}' then cast({{ relation }}.{{ name }} as double)
            {% endfor %}
        end
{%- endmacro %}

{# The category of the feature a column names; null for a number. #}
{% macro feature_category(feature, relation) %}
case {{ feature }} when 'tax_rating' then {{ relation }}.tax_rating end
{%- endmacro %}
