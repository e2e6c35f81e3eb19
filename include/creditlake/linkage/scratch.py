"""A world of the linkage benchmark in a lake of its own, and the project's own models run over it.

The register lies where validated rows lie and goes through its staging model. No dataset delivers all that a record of
the benchmark says of its subject, so the records stand in the place of one staging view; all behind it is dbt's.
"""

from __future__ import annotations

import csv
from datetime import date

import duckdb
import pyarrow as pa

from creditlake.home import dbt_project
from creditlake.lake import LakePaths, dbt_attachment, writing
from creditlake.modelling import Node, build_part
from creditlake.synthetic.linkage import NOBODY, Records, Register, homophones

AS_OF = date(2026, 10, 31)
RECORDS = "lake.bench.records"
"""One row per record of the world: record, kind, identity_key, and uscc, the code of whom it means (null: nobody)."""
_STAND_IN = "stg_licensing__permits"
_LAST = "int_identity_links"


def homophones_of_seed() -> dict[str, str]:
    """Return for each character of GB 2312 all that sound alike, as the models hear them (``ref_pinyin``)."""
    with open(dbt_project() / "seeds" / "ref_pinyin.csv", encoding="utf-8", newline="") as handle:
        return homophones((row["letter"], row["sound"]) for row in csv.DictReader(handle))


def write_world(paths: LakePaths, known: Register, said: Records) -> None:
    """Write a register and records about it into an empty lake; the truth lies in ``lake.bench.records``."""
    paths.create()
    with writing(paths) as connection:
        connection.register("world_register", _register(known))
        connection.register("world_records", _records(known, said))
        connection.execute(
            f"""insert into lake.validated.registration_subjects by name
                select *, 'bench' as _batch_id, 'bench' as _source_sha256, row_number() over () as _source_row,
                    1 as _batch_seq, date '{AS_OF}' as _delivered_date
                from world_register"""
        )
        _write_records(connection)


def build_ladder(paths: LakePaths) -> tuple[Node, ...]:
    """Run the models of identity and all they rest on over the world; return them in the order they ran.

    Raises:
        DbtFailed: a model could not run.
    """
    return build_part(dbt_attachment(paths), dbt_project(), paths.dbt, AS_OF, select=f"+{_LAST}", exclude=_STAND_IN)


def _register(known: Register) -> pa.Table:
    return pa.table(
        {
            "统一社会信用代码": known.uscc,
            "企业名称": known.name,
            "注册号": known.registration_no,
            "法定代表人": known.person,
            "注册地址": known.address,
            "曾用名": known.former,
        }
    )


def _records(known: Register, said: Records) -> pa.Table:
    meant = pa.array([None if place == NOBODY else place for place in said.subject.tolist()], pa.int64())
    return pa.table(
        {
            "kind": pa.array(said.kind.tolist()),
            "meant": known.uscc.take(meant),
            "uscc": said.uscc,
            "org_code": said.org_code,
            "registration_no": said.registration_no,
            "tax_no": said.tax_no,
            "name": said.name,
            "representative": said.person,
            "address": said.address,
        }
    )


def _write_records(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """create or replace temp table numbered as
           select row_number() over () as record, *,
               md5(concat_ws('|', uscc, org_code, registration_no, tax_no, name, representative, address))
                   as identity_key
           from world_records"""
    )
    connection.execute("create schema lake.bench")
    connection.execute("create schema if not exists lake.staging")
    connection.execute(f"create table {RECORDS} as select record, kind, identity_key, meant as uscc from numbered")
    connection.execute(
        f"""create table lake.staging.{_STAND_IN} as
            select identity_key, nullif(uscc, '') as uscc, nullif(org_code, '') as org_code,
                nullif(registration_no, '') as registration_no, nullif(tax_no, '') as tax_no,
                nullif(name, '') as name, null::varchar as authority,
                md5(nullif(representative, '')) as representative, nullif(address, '') as address,
                false as is_natural_person
            from numbered"""
    )
