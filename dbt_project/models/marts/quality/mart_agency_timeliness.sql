-- One row per month, publisher and dataset: how many records were handed over, how many late, how
-- many in order. Lateness is not judged where no row says when it was handed over.
with

agency_months as (

    select * from {{ ref('int_agency_months') }}

),

released as (

    select
        period,
        publisher,
        feed,
        dataset,
        cast(records as bigint) as records,
        cast(late_records as bigint) as late_records,
        cast(quarantined_records as bigint) as quarantined_records,
        cast(unresolved_records as bigint) as unresolved_records,
        case
            when judged_records > 0
                then round(cast(late_records as double) / cast(records as double), 6)
        end as late_rate,
        case
            when records + quarantined_records > 0
                then round(
                        cast(records as double) / cast(records + quarantined_records as double), 6
                    )
        end as compliance_rate
    from agency_months

)

select * from released
