-- One row per penalty in force: its severity and how long it may be shown. Of several kinds in one
-- decision the gravest decides. A decision older than the regime in force is shown for the shorter
-- of both regimes' terms (favourable).
with

decisions as (

    select * from {{ ref('stg_penalty__decisions') }}

),

severity_rules as (

    select * from {{ ref('ref_severity_rules') }}

),

repair_rules as (

    select * from {{ ref('ref_repair_rules') }}

),

current_decisions as (

    {{ current_version('decisions') }}

),

parties as (

    select
        record_key,
        identity_key,
        penalty_kinds,
        fine_yuan,
        confiscated_yuan,
        decided_date,
        published_until,
        authority,
        document_no,
        batch_id,
        source_sha256,
        source_row,
        case
            when party_type = '个体工商户' or left(uscc, 2) = '92' then 'individual'
            else 'unit'
        end as party
    from current_decisions

),

ranked as (

    select
        parties.record_key,
        -- its place, then the kind that decides and on what basis
        max(concat(
            case severity_rules.severity
                when 'serious' then '3' when 'general' then '2' else '1'
            end,
            severity_rules.penalty_word, '：', severity_rules.basis
        )) as gravest
    from parties
    inner join severity_rules
        on instr(parties.penalty_kinds, severity_rules.penalty_word) > 0
        and severity_rules.party in ('all', parties.party)
        and parties.decided_date >= severity_rules.valid_from
        and parties.decided_date <= coalesce(severity_rules.valid_to, cast('2099-12-31' as date))
        and coalesce(parties.fine_yuan, 0) >= coalesce(severity_rules.fine_lower_yuan, 0)
        and (
            severity_rules.fine_upper_yuan is null
            or coalesce(parties.fine_yuan, 0) < severity_rules.fine_upper_yuan
        )
    group by parties.record_key

),

graded as (

    select
        parties.*,
        case left(ranked.gravest, 1)
            when '3' then 'serious' when '2' then 'general' when '1' then 'minor'
        end as severity,
        substring(ranked.gravest, 2) as severity_basis
    from parties
    left join ranked
        on parties.record_key = ranked.record_key

),

terms as (

    select
        graded.record_key,
        min(repair_rules.max_months) as term_months,
        -- the basis of the shortest: 1000 + months has four digits
        substring(min(concat(1000 + repair_rules.max_months, repair_rules.basis)), 5) as term_basis,
        min(case when repair_rules.is_published then 1 else 0 end) as is_published
    from graded
    inner join repair_rules
        on graded.severity = repair_rules.severity
        and graded.decided_date <= coalesce(repair_rules.valid_to, cast('2099-12-31' as date))
        and (graded.decided_date >= repair_rules.valid_from or repair_rules.is_favourable)
    group by graded.record_key

)

select
    graded.*,
    terms.term_months,
    terms.term_basis,
    coalesce(terms.is_published = 1, false) as is_published,
    least(
        graded.published_until, {{ add_months('graded.decided_date', 'terms.term_months') }}
    ) as visible_until
from graded
left join terms
    on graded.record_key = terms.record_key
