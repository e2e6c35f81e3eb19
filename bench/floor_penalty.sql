-- The rules of penalty.decisions written by hand, without the compiler: the floor that the validation is measured against,
-- and an oracle of it. {bronze}, {validated}, {quarantine} are files; the batch was delivered on {delivered}.
-- One group-by finds the repeated keys, one pass judges, and the two outputs are written from the same file.

create or replace temp macro clean(t) as case
    when t = '' then null
    when t < '!' or starts_with(t, '　') or starts_with(t, chr(160)) or ends_with(t, ' ') or ends_with(t, '　')
        or ends_with(t, chr(160)) or ends_with(t, chr(9)) or ends_with(t, chr(10)) or ends_with(t, chr(13))
        then list_filter([trim(t, ' 　' || chr(160) || chr(9) || chr(10) || chr(13))], lambda x: x not in ('', 'N/A', '-', '—', '暂无'))[1]
    when strlen(t) < 7 and t in ('N/A', '-', '—', '暂无') then null else t end;

create or replace temp macro half_width(t) as translate(t,
    '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ．／',
    '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz./');

create or replace temp macro code(t) as case
    when t = '' then null
    when strlen(t) = length(t) and not contains(t, ' ') and not contains(t, '-') and not contains(t, '/') then upper(t)
    else list_filter([regexp_replace(upper(half_width(t)), '[\s　 －-]', '', 'g')], lambda x: x not in ('', 'N/A', '暂无'))[1] end;

create or replace temp macro money(t) as case when regexp_full_match(t, '[0-9]+([.][0-9]+)?') then t else clean(half_width(t)) end;

create or replace temp macro day(t) as case
    when length(t) <= 10 and t[5] in ('-', '/') then try_cast(t as date)
    when length(t) = 8 then try_strptime(t, '%Y%m%d')::date end;

create or replace temp macro place(c, i) as strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', c[i]) - 1;

create or replace temp macro bad_uscc(c) as c is not null and not (
    regexp_full_match(c, '(1[1239]|2[19]|3[1-59]|4[19]|5[1239]|6[129]|7[129]|8[19]|9[1239]|A[19]|N[1239]|Y1)[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}')
    and (place(c, 1) + 3 * place(c, 2) + 9 * place(c, 3) + 27 * place(c, 4) + 19 * place(c, 5) + 26 * place(c, 6)
    + 16 * place(c, 7) + 17 * place(c, 8) + 20 * place(c, 9) + 29 * place(c, 10) + 25 * place(c, 11) + 13 * place(c, 12)
    + 8 * place(c, 13) + 24 * place(c, 14) + 10 * place(c, 15) + 30 * place(c, 16) + 28 * place(c, 17) + place(c, 18)) % 31 = 0);

create or replace temp macro org_place(c, i) as strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', c[i]) - 1;

create or replace temp macro bad_org_check(c, s) as
    '0X987654321'[(3 * org_place(c, s + 1) + 7 * org_place(c, s + 2) + 9 * org_place(c, s + 3) + 10 * org_place(c, s + 4)
    + 5 * org_place(c, s + 5) + 8 * org_place(c, s + 6) + 4 * org_place(c, s + 7) + 2 * org_place(c, s + 8)) % 11 + 1] <> c[s + 9];

create or replace temp macro bad_registration(c) as c is not null and not (regexp_full_match(c, '[0-9]{15}')
    and list_reduce(list_prepend(10, list_transform(string_split(c[:14], ''), lambda d: d::int)),
        lambda p, d: 2 * ((p + d + 9) % 10 + 1) % 11) % 10 = (11 - c[15]::int) % 10);

create or replace temp table repeated as
with keyed as (
    select _source_row, hash(clean(CF_WSH), coalesce(code(CF_CFJGDM), clean(CF_CFJG)), clean(CF_XDR_MC), clean(提供日期)) as key_hash
    from read_parquet('{bronze}')
), candidates as (
    select _source_row from keyed
    where key_hash in (select key_hash from keyed group by key_hash having count(*) > 1)
), compared as (
    select
        _source_row, clean(CF_WSH) as document, coalesce(code(CF_CFJGDM), clean(CF_CFJG)) as office, clean(CF_XDR_MC) as party,
        clean(提供日期) as provided,
        md5(concat_ws('|', 
            coalesce(clean(CF_XDR_MC), ''), coalesce(clean(CF_XDR_LB), ''), coalesce(code(CF_XDR_SHXYM), ''),
            coalesce(code(CF_XDR_GSZC), ''), coalesce(code(CF_XDR_ZZJG), ''), coalesce(code(CF_XDR_SWDJ), ''),
            coalesce(code(CF_XDR_SYDW), ''), coalesce(code(CF_XDR_SHZZ), ''), coalesce(clean(CF_FRDB), ''),
            coalesce(clean(CF_FR_ZJLX), ''), coalesce(clean(CF_FR_ZJHM), ''), coalesce(clean(CF_FR_SFZH), ''),
            coalesce(clean(CF_XDR_ZJLX), ''), coalesce(clean(CF_XDR_ZJHM), ''), coalesce(clean(CF_WSH), ''),
            coalesce(clean(CF_WFXW), ''), coalesce(clean(CF_SY), ''), coalesce(clean(CF_YJ), ''),
            coalesce(clean(CF_CFLB), ''), coalesce(clean(CF_NR), ''), coalesce(money(CF_NR_FK), ''),
            coalesce(money(CF_NR_WFFF), ''), coalesce(clean(CF_NR_ZKDX), ''), coalesce(clean(CF_JDRQ), ''),
            coalesce(clean(CF_YXQ), ''), coalesce(clean(CF_GSJZQ), ''), coalesce(clean(CF_CFJG), ''),
            coalesce(code(CF_CFJGDM), ''), coalesce(clean(CF_SJLY), ''), coalesce(code(CF_SJLYDM), ''),
            coalesce(clean(BZ), ''), coalesce(clean(提供日期), ''), coalesce(lower(clean(增删改标志)), ''))) as content
    from read_parquet('{bronze}') where _source_row in (from candidates)
)
select
    _source_row, row_number() over (partition by document, office, party, provided, content order by _source_row) > 1 as is_repeat,
    document is not null and office is not null and party is not null
    and min(content) over (partition by document, office, party, provided)
    <> max(content) over (partition by document, office, party, provided) as is_conflict
from compared
qualify is_repeat or is_conflict;

create or replace temp table judged as
with clean_rows as (
    select
        _source_row, _ragged, clean(CF_XDR_MC) as party, clean(CF_XDR_LB) as kind, code(CF_XDR_SHXYM) as uscc,
        code(CF_XDR_GSZC) as registration, code(CF_XDR_ZZJG) as org, code(CF_XDR_SWDJ) as tax, code(CF_XDR_SYDW) as institution,
        code(CF_XDR_SHZZ) as society, clean(CF_FRDB) as person, clean(CF_FR_ZJLX) as head_paper, clean(CF_XDR_ZJLX) as paper,
        clean(CF_XDR_ZJHM) as paper_no, clean(CF_WSH) as document, clean(CF_WFXW) as offence, clean(CF_SY) as facts,
        clean(CF_YJ) as law, clean(CF_CFLB) as measure, clean(CF_NR) as content, money(CF_NR_FK) as fine,
        money(CF_NR_WFFF) as forfeit, clean(CF_NR_ZKDX) as permit, clean(CF_JDRQ) as decided, clean(CF_YXQ) as ends,
        clean(CF_GSJZQ) as shown, clean(CF_CFJG) as office, code(CF_CFJGDM) as office_code, clean(CF_SJLY) as source,
        code(CF_SJLYDM) as source_code, clean(BZ) as note, clean(提供日期) as provided, lower(clean(增删改标志)) as flag
    from read_parquet('{bronze}')
), parsed as (
    select
        *, day(decided) as decided_on, day(ends) as ends_on, day(shown) as shown_on, day(provided) as provided_on,
        try_cast(fine as decimal(24, 6)) as fine_amount, try_cast(forfeit as decimal(24, 6)) as forfeit_amount,
        coalesce(contains(measure, '罚款'), false) as is_fined,
        case when contains(content, '罚款') then regexp_extract_all(content, '罚款(?:人民币)?[0-9][0-9,]*(?:[.][0-9]+)?万?元') else [] end as phrases
    from clean_rows
), stated as (
    select *, case when len(phrases) = 1 then try_cast(replace(regexp_extract(phrases[1], '[0-9][0-9,.]*'), ',', '') as decimal(18, 6))
        * case when contains(phrases[1], '万元') then 10000 else 1 end end as stated_yuan
    from parsed
), ruled as (
    select _source_row, list_filter([
        case when party is null then 'required.CF_XDR_MC' end,
        case when kind is null then 'required.CF_XDR_LB' end,
        case when document is null then 'required.CF_WSH' end,
        case when offence is null then 'required.CF_WFXW' end,
        case when facts is null then 'required.CF_SY' end,
        case when law is null then 'required.CF_YJ' end,
        case when measure is null then 'required.CF_CFLB' end,
        case when content is null then 'required.CF_NR' end,
        case when decided is null then 'required.CF_JDRQ' end,
        case when ends is null then 'required.CF_YXQ' end,
        case when office is null then 'required.CF_CFJG' end,
        case when office_code is null then 'required.CF_CFJGDM' end,
        case when source is null then 'required.CF_SJLY' end,
        case when source_code is null then 'required.CF_SJLYDM' end,
        case when uscc is null and kind in ('法人及非法人组织', '个体工商户')
            and coalesce(registration, org, tax, institution, society) is null then 'required.CF_XDR_SHXYM' end,
        case when paper is null and kind = '自然人' then 'required.CF_XDR_ZJLX' end,
        case when paper_no is null and kind = '自然人' then 'required.CF_XDR_ZJHM' end,
        case when person is null and kind <> '自然人' then 'required.CF_FRDB' end,
        case when kind not in ('法人及非法人组织', '自然人', '个体工商户') then 'enum.CF_XDR_LB' end,
        case when head_paper not in ('身份证', '护照号', '港澳居民来往内地通行证', '台湾居民来往大陆通行证', '外国人永久居留身份证')
            and not head_paper like '其他-_%' then 'enum.CF_FR_ZJLX' end,
        case when paper not in ('身份证', '护照号', '港澳居民来往内地通行证', '台湾居民来往大陆通行证', '外国人永久居留身份证')
            and not paper like '其他-_%' then 'enum.CF_XDR_ZJLX' end,
        case when org is not null and not (regexp_full_match(org, '[0-9A-Z]{8}[0-9X]') and not bad_org_check(org, 0))
            then 'check_digit.CF_XDR_ZZJG' end,
        case when bad_registration(registration) then 'check_digit.CF_XDR_GSZC' end,
        case when not regexp_full_match(tax, '[0-9A-Z]{15,20}') then 'format.CF_XDR_SWDJ' end,
        case when not regexp_full_match(institution, '[0-9A-Z]{1,12}') then 'format.CF_XDR_SYDW' end,
        case when measure <> '罚款' and not regexp_full_match(measure, replace('(M|其他-[^;]+)(;(M|其他-[^;]+))*', 'M',
            '警告|通报批评|罚款|没收违法所得、没收非法财物|没收违法所得|没收非法财物|暂扣许可证件|暂扣或者吊销许可证、暂扣或者吊销执照|'
            || '降低资质等级|吊销许可证件|限制开展生产经营活动|责令停产停业|责令关闭|限制从业|行政拘留')) then 'enum.CF_CFLB' end,
        case when length(party) > 200 then 'length.CF_XDR_MC' end,
        case when length(society) > 50 then 'length.CF_XDR_SHZZ' end,
        case when length(person) > 50 then 'length.CF_FRDB' end,
        case when length(document) > 128 then 'length.CF_WSH' end,
        case when length(offence) > 2000 then 'length.CF_WFXW' end,
        case when length(facts) > 5000 then 'length.CF_SY' end,
        case when length(law) > 2048 then 'length.CF_YJ' end,
        case when length(measure) > 255 then 'length.CF_CFLB' end,
        case when length(content) > 4000 then 'length.CF_NR' end,
        case when length(permit) > 200 then 'length.CF_NR_ZKDX' end,
        case when length(office) > 200 then 'length.CF_CFJG' end,
        case when length(source) > 200 then 'length.CF_SJLY' end,
        case when length(note) > 512 then 'length.BZ' end,
        case when bad_uscc(uscc) then 'check_digit.CF_XDR_SHXYM' end,
        case when bad_uscc(office_code) then 'check_digit.CF_CFJGDM' end,
        case when bad_uscc(source_code) then 'check_digit.CF_SJLYDM' end,
        case when regexp_full_match(uscc, '.{8}[0-9A-Z]{8}[0-9X].') and bad_org_check(uscc, 8)
            or not regexp_full_match(uscc, '.{8}[0-9A-Z]{8}[0-9X].') then 'inner_check_digit.CF_XDR_SHXYM' end,
        case when fine is null and is_fined then 'required.CF_NR_FK' end,
        case when not regexp_full_match(fine, '-?[0-9]{1,12}([.][0-9]{1,6})?') then 'format.CF_NR_FK' end,
        case when not regexp_full_match(forfeit, '-?[0-9]{1,12}([.][0-9]{1,6})?') then 'format.CF_NR_WFFF' end,
        case when forfeit_amount < 0 then 'range.CF_NR_WFFF' end,
        case when fine_amount < 0 or fine_amount = 0 and is_fined then 'range.CF_NR_FK' end,
        case when fine_amount * 10000 <> stated_yuan and fine_amount <> stated_yuan then 'fine_matches_text' end,
        case when fine_amount = stated_yuan and fine_amount <> 0 then 'fine_unit' end,
        case when decided_on > date '{delivered}' then 'not_future.CF_JDRQ' end,
        case when ends_on < decided_on and decided_on <= date '{delivered}' then 'order.CF_YXQ' end,
        case when shown_on < decided_on and decided_on <= date '{delivered}' then 'order.CF_GSJZQ' end,
        case when decided is not null and decided_on is null then 'format.CF_JDRQ' end,
        case when ends is not null and ends_on is null then 'format.CF_YXQ' end,
        case when shown is not null and shown_on is null then 'format.CF_GSJZQ' end,
        case when provided is not null and provided_on is null then 'format.提供日期' end,
        case when flag not in ('i', 'u', 'd') then 'enum.增删改标志' end,
        case when workdays[provided_on - date '2026-01-01' + 1] - workdays[decided_on - date '2026-01-01' + 1] > 7
            then 'late.CF_JDRQ' end,
        case when is_repeat then 'duplicate_row' end,
        case when is_conflict then 'key_conflict' end,
        case when _ragged is not null then 'field_count' end,
        case when uscc[1] > '~' or office_code[1] > '~' or regexp_full_match(party, '[0-9A-Z]{18}') then 'shifted' end
    ], lambda rule: rule is not null) as rules
    from stated left join repeated using (_source_row) cross join workdays
)
from ruled where len(rules) > 0;

create or replace temp table kept_out as
select _source_row from judged
where len(list_filter(rules, lambda rule: rule not in ('required.CF_FRDB', 'inner_check_digit.CF_XDR_SHXYM', 'late.CF_JDRQ'))) > 0;

copy (
    select
        clean(CF_XDR_MC) as CF_XDR_MC, clean(CF_XDR_LB) as CF_XDR_LB, code(CF_XDR_SHXYM) as CF_XDR_SHXYM,
        code(CF_XDR_GSZC) as CF_XDR_GSZC, code(CF_XDR_ZZJG) as CF_XDR_ZZJG, code(CF_XDR_SWDJ) as CF_XDR_SWDJ,
        code(CF_XDR_SYDW) as CF_XDR_SYDW, code(CF_XDR_SHZZ) as CF_XDR_SHZZ, clean(CF_FRDB) as CF_FRDB,
        clean(CF_FR_ZJLX) as CF_FR_ZJLX, clean(CF_FR_ZJHM) as CF_FR_ZJHM, clean(CF_FR_SFZH) as CF_FR_SFZH,
        clean(CF_XDR_ZJLX) as CF_XDR_ZJLX, clean(CF_XDR_ZJHM) as CF_XDR_ZJHM, clean(CF_WSH) as CF_WSH, clean(CF_WFXW)
        as CF_WFXW, clean(CF_SY) as CF_SY, clean(CF_YJ) as CF_YJ, clean(CF_CFLB) as CF_CFLB, clean(CF_NR) as CF_NR,
        money(CF_NR_FK) as CF_NR_FK, money(CF_NR_WFFF) as CF_NR_WFFF, clean(CF_NR_ZKDX) as CF_NR_ZKDX, clean(CF_JDRQ)
        as CF_JDRQ, clean(CF_YXQ) as CF_YXQ, clean(CF_GSJZQ) as CF_GSJZQ, clean(CF_CFJG) as CF_CFJG, code(CF_CFJGDM)
        as CF_CFJGDM, clean(CF_SJLY) as CF_SJLY, code(CF_SJLYDM) as CF_SJLYDM, clean(BZ) as BZ, clean(提供日期) as 提供日期,
        null::varchar as 前置库数据批次号, null::varchar as 前置库数据主键, lower(clean(增删改标志)) as 增删改标志,
        _batch_id, _source_row, _source_sha256
    from read_parquet('{bronze}')
    where _source_row not in (from kept_out)
) to '{validated}' (format parquet);

copy (
    select
        CF_XDR_MC, CF_XDR_LB, CF_XDR_SHXYM, CF_XDR_GSZC, CF_XDR_ZZJG, CF_XDR_SWDJ, CF_XDR_SYDW, CF_XDR_SHZZ, CF_FRDB,
        CF_FR_ZJLX, CF_FR_ZJHM, CF_FR_SFZH, CF_XDR_ZJLX, CF_XDR_ZJHM, CF_WSH, CF_WFXW, CF_SY, CF_YJ, CF_CFLB, CF_NR,
        CF_NR_FK, CF_NR_WFFF, CF_NR_ZKDX, CF_JDRQ, CF_YXQ, CF_GSJZQ, CF_CFJG, CF_CFJGDM, CF_SJLY, CF_SJLYDM, BZ, 提供日期,
        null::varchar as 前置库数据批次号, null::varchar as 前置库数据主键, 增删改标志,
        _batch_id, _source_row, _source_sha256, 'open' as _state, rules as _failed_rules
    from read_parquet('{bronze}') inner join judged using (_source_row)
    where _source_row in (from kept_out)
) to '{quarantine}' (format parquet);
