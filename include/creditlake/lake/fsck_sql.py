"""What fsck asks the lake and its catalogue."""

from __future__ import annotations

from creditlake.lake.attach import METADATA

FILES_SQL = f"""
    select distinct
        schemata.schema_name || '.' || tables.table_name as place,
        case when cast(files.path_is_relative as boolean) then
            case when cast(tables.path_is_relative as boolean) then
                schemata.path || tables.path else tables.path end || files.path
        else files.path end as path,
        files.file_size_bytes
    from {METADATA}.ducklake_{{kind}}_file as files
    inner join {METADATA}.ducklake_table as tables using (table_id)
    inner join {METADATA}.ducklake_schema as schemata using (schema_id)
    order by all
"""
KNOWN_ROWS_SQL = f"""
    with

    deleted as (

        select data_file_id, sum(delete_count) as n from {METADATA}.ducklake_delete_file
        where end_snapshot is null
        group by data_file_id

    )

    select schemata.schema_name, tables.table_name, coalesce(sum(files.record_count - coalesce(deleted.n, 0)), 0) as n
    from {METADATA}.ducklake_table as tables
    inner join {METADATA}.ducklake_schema as schemata using (schema_id)
    left join {METADATA}.ducklake_data_file as files
        on files.table_id = tables.table_id and files.end_snapshot is null
    left join deleted using (data_file_id)
    where tables.end_snapshot is null
    group by all
"""
CONSERVATION_SQL = """
    with

    loaded as (

        select _batch_id as batch_id, _source_row, true as is_valid from lake.validated.{table}
        union all
        select _batch_id as batch_id, _source_row, false as is_valid from lake.quarantine.{table}
        union all
        select _batch_id as batch_id, _source_row, zone = 'validated' as is_valid from lake.ops.sealed_rows
        where feed = $1 and dataset = $2

    ),

    counted as (

        select
            batch_id,
            count(*) filter (where is_valid) as validated,
            count(*) filter (where not is_valid) as quarantined,
            count(*) - count(distinct _source_row) as repeated
        from loaded
        group by batch_id

    ),

    ledger as (

        select * from lake.ops.batches where feed = $1 and dataset = $2

    )

    select
        coalesce(ledger.batch_id, counted.batch_id) as batch_id, ledger.batch_id is null as is_unknown,
        ledger.rows_landed, ledger.rows_validated, ledger.rows_quarantined, ledger.rows_refused,
        coalesce(counted.validated, 0), coalesce(counted.quarantined, 0), coalesce(counted.repeated, 0)
    from ledger
    full join counted on counted.batch_id = ledger.batch_id
    where ledger.rows_validated is distinct from coalesce(counted.validated, 0)
        or ledger.rows_quarantined is distinct from coalesce(counted.quarantined, 0)
        or ledger.rows_landed is distinct from
            ledger.rows_validated + ledger.rows_quarantined + ledger.rows_refused
        or counted.repeated > 0
    order by 1
"""
STATE_SQL = """
    select count(*) from lake.quarantine.{table} where not coalesce(case _state
        when 'open' then true
        when 'corrected' then _state_batch_id is not null
        when 'waived' then
            _state_by is not null and _state_reason is not null and _state_until is not null
        else false end, false)
"""
