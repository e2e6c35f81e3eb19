{# Every declared dataset and the column that names its publisher, else the feed's own; a new one is one line here. #}
{% macro declared_datasets() %}
    {{ return([
        ["commitments", "pledges", '"承诺受理单位"'],
        ["identity", "decisions", "'呼和浩特市公共信用信息工作机构'"],
        ["lending", "authorizations", '"授权机构"'],
        ["licensing", "permits", '"XK_XKJG"'],
        ["lists", "entries", '"认定部门"'],
        ["objection", "cases", '"认定机关"'],
        ["penalty", "decisions", '"CF_CFJG"'],
        ["registration", "subjects", '"登记机关"'],
        ["registration", "abnormal", '"作出决定机关(列入)"'],
        ["repair", "cases", '"认定机关"'],
        ["social_security", "headcounts", "'呼和浩特市人力资源和社会保障局'"],
        ["social_security", "arrears", '"经办机关全称"'],
        ["social_security", "wage_arrears_list", '"认定部门"'],
        ["tax", "ratings", '"评价单位"'],
        ["tax", "arrears", '"发布部门"'],
        ["tax", "violations", '"实施检查的单位"'],
    ]) }}
{% endmacro %}

{# Those of them whose records can be dishonest information (ref_record_types): a new one is taken for such until it stands here. #}
{% macro dishonest_datasets() %}
    {% set others = ['subjects', 'headcounts', 'authorizations', 'permits', 'ratings', 'cases'] %}
    {{ return(declared_datasets() | rejectattr(0, 'equalto', 'identity') | rejectattr(1, 'in', others) | list) }}
{% endmacro %}
