-- Invented rows of penalty.decisions as bronze keeps them; {rows}, {parties}, {batch} and {target} are filled in.
-- fault(n): what is wrong with row n; lower case, full width and blanks are no faults once normalised.
create or replace temp macro fault(n) as case n % 500
    when 1 then 'check_digit' when 2 then 'no_document' when 3 then 'category' when 4 then 'future'
    when 5 then 'ends_early' when 6 then 'amount' when 7 then 'unit' when 9 then 'repeated' when 12 then 'conflict'
    when 14 then 'shifted' when 16 then 'ragged' when 18 then 'no_day' when 20 then 'no_number' when 22 then 'long'
    when 24 then 'lower_case' when 26 then 'full_width' when 28 then 'blanks' when 30 then 'missing_word'
    when 32 then 'late' when 34 then 'inner_check' when 36 then 'kind' when 38 then 'no_fine' when 40 then 'flag'
    when 42 then 'shown_early' else '' end;

copy (
with numbered as (
    select n as _source_row, fault(n) as fault, n - (fault(n) in ('repeated', 'conflict'))::int as k from range(1, {rows} + 1) t(n)
), drawn as (
    select *, (hash(k) % 1000000007)::bigint as h, (500 * (1 + k % 60))::int as fine, date '2026-10-12' + (k % 20)::int as provided
    from numbered
), dated as (
    select drawn.*, uscc, uscc[9:17] as org_code, provided - (h % 8)::int as decided, k % 25 = 3 as is_person
    from drawn join parties on parties.place = h % {parties}
)
select
    case when fault = 'shifted' then uscc when fault = 'long' then repeat('名', 201)
        when is_person then '测试人' || k % 9000 else '呼和浩特市测试第' || h % {parties} || '商贸有限公司' end as CF_XDR_MC,
    case when fault = 'kind' then '法人' when is_person then '自然人' when k % 10 = 1 then '个体工商户'
        else '法人及非法人组织' end as CF_XDR_LB,
    case when is_person then '' when fault = 'check_digit' then uscc[:17] || case when uscc[18] = '0' then '1' else '0' end
        when fault = 'shifted' then '法人及非法人组织' when fault = 'lower_case' then lower(uscc)
        when fault = 'full_width' then replace(uscc, '1', '１') when fault = 'blanks' then ' ' || uscc || ' '
        when fault = 'inner_check' then '914201007171752128' else uscc end as CF_XDR_SHXYM,
    case when k % 20 = 4 then '330203000030639' else '' end as CF_XDR_GSZC,
    case when k % 20 = 5 then org_code[:8] || '-' || org_code[9] else '' end as CF_XDR_ZZJG,
    case when k % 40 = 6 then uscc else '' end as CF_XDR_SWDJ, '' as CF_XDR_SYDW, '' as CF_XDR_SHZZ,
    case when is_person then '' else '测试' || k % 5000 end as CF_FRDB,
    case when is_person then '' else '身份证' end as CF_FR_ZJLX,
    case when is_person then '' else md5('a' || k % 90000) end as CF_FR_ZJHM, '' as CF_FR_SFZH,
    case when is_person then '身份证' else '' end as CF_XDR_ZJLX,
    case when is_person then md5('b' || k % 9000) else '' end as CF_XDR_ZJHM,
    case when fault = 'no_document' then '' else '测市监罚〔2026〕' || k || '号' end as CF_WSH,
    ['未按规定明码标价', '经营超过保质期的食品', '未取得许可从事经营活动', '未按规定公示年度报告'][1 + h % 4] as CF_WFXW,
    case when fault = 'missing_word' then '暂无' else '当事人于2026年在其经营场所内' || case when fault = 'conflict' then '又'
        else '' end || '未按照规定履行义务，经责令改正后逾期未改，第' || h % 100000 || '次检查查明' end as CF_SY,
    ['《中华人民共和国价格法》第四十二条', '《中华人民共和国食品安全法》第一百二十四条'][1 + h % 2] as CF_YJ,
    case when fault = 'category' then '批评' else ['罚款', '警告;罚款', '没收违法所得;罚款', '罚款'][1 + k % 4] end as CF_CFLB,
    case k % 3 when 0 then '罚款' || fine || '元' when 1 then '责令改正，并处罚款人民币' || fine / 10000 || '万元'
        else '依法处以行政处罚，并责令限期改正' end as CF_NR,
    case when fault = 'no_number' then '贰仟' when fault = 'no_fine' then '0'
        else (fine / (case fault when 'amount' then 5000 when 'unit' then 1 else 10000 end))::decimal(12, 2)::varchar
        end as CF_NR_FK,
    case when k % 4 = 2 then (1 + k % 9)::varchar else '' end as CF_NR_WFFF, '' as CF_NR_ZKDX,
    case when fault = 'no_day' then '10月2日' when fault = 'future' then '2027-01-05'
        when fault = 'late' then (decided - 60)::varchar when k % 3 = 0 then strftime(decided, '%Y/%m/%d')
        else decided::varchar end as CF_JDRQ,
    case when fault = 'ends_early' then decided - 400 when fault = 'future' then date '2030-01-05'
        else decided + 1096 end::varchar as CF_YXQ,
    case when fault = 'shown_early' then decided - 400 when fault = 'future' then date '2028-01-05'
        else decided + 365 end::varchar as CF_GSJZQ,
    ['新城区', '回民区', '玉泉区', '赛罕区'][1 + h % 4] || '市场监督管理局' as CF_CFJG, office as CF_CFJGDM,
    '呼和浩特市市场监督管理局' as CF_SJLY, office as CF_SJLYDM, '' as BZ, provided::varchar as 提供日期,
    case when fault = 'flag' then 'x' else ['i', 'u', 'I'][1 + k % 3] end as 增删改标志, _source_row,
    case when fault = 'ragged' then 'expected 33 fields, got 34: x' end as _ragged,
    '{batch}' as _batch_id, repeat('0', 64) as _source_sha256
from dated cross join (select uscc as office from parties where place = 0)
) to '{target}' (format parquet, compression zstd, compression_level 1);
