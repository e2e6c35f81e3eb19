"""The truth of a city as tables: its subjects, whom each record is about, and every fault with where it must end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from creditlake.synthetic.damage import Mark
from creditlake.synthetic.faults import Place
from creditlake.synthetic.places import DISTRICTS
from creditlake.synthetic.population import NEVER, STOCK, Population
from creditlake.synthetic.rng import Flags, Ints
from creditlake.synthetic.rows import CHANGE, IDENTITIES, NOBODY, Rows, of_subjects
from creditlake.synthetic.texts import equal, join, numbers, pick, repeated, take
from creditlake.synthetic.window import Window

_NOTHING = pa.scalar(None, pa.string())
CODE_DAMAGE = ("wrong_check_digit", "shifted_columns")
FAULT_COLUMNS = pa.schema(
    [
        (name, pa.int64() if name == "source_row" else pa.string())
        for name in ("feed", "dataset", "file", "source_row", "kind", "place", "rule_id", "detail")
    ]
)


def file_name(feed: str, dataset: str, month: str, suffix: str = "") -> str:
    """Return where a file lies below ``drop/``."""
    return f"{feed}/{dataset}-{month}{suffix}.csv"


def subjects_truth(city: Population, lost: Flags) -> pa.Table:
    """Return one row per subject of the city; ``lost`` are those whom the register never holds, or no longer."""
    states = np.select([city.closed == STOCK, city.closed < NEVER], [1, 2], 0)
    return pa.table(
        {
            "uscc": city.uscc,
            "name": city.name,
            "registration_no": pc.if_else(pa.array(equal(city.registration_no, "")), _NOTHING, city.registration_no),
            "district_code": pick([district.code for district in DISTRICTS], city.district),
            "state": pick(["active", "ended_before", "ended"], states),
            "is_registered": pa.array(~lost),
            "has_odd_code": pa.array(city.is_odd),
            "compliance": pa.array(city.compliance),
            "defaulted": pa.array(city.has_failed),
        }
    )


def lost_subjects(rows: Rows, marks: Sequence[Mark], subjects: int) -> Flags:
    """Return whom the register lacks: every row goes to quarantine, or the entry is withdrawn as a mistake."""
    kept = np.ones(len(rows), bool)
    for mark in marks:
        if mark.place == "quarantined":
            kept[mark.rows] = False
    withdrawn = equal(rows.texts[CHANGE], "d")
    has_row = np.bincount(rows.subject[kept], minlength=subjects) > 0
    lost: Flags = ~has_row | (np.bincount(rows.subject[withdrawn], minlength=subjects) > 0)
    return lost


def records_truth(city: Population, window: Window, rows: Rows, marks: Sequence[Mark], places: Ints) -> pa.Table:
    """Return one row per record: where it stands, whom it is about (null: nobody of the city), how it says so."""
    identity = rows.identity.copy()
    for mark in marks:
        if mark.kind in CODE_DAMAGE:
            identity[mark.rows] = len(IDENTITIES)
    nobody = rows.subject == NOBODY
    return pa.table(
        {
            "feed": repeated(rows.feed, len(rows)),
            "dataset": repeated(rows.dataset, len(rows)),
            "file": _files(rows, window, rows.month),
            "source_row": pa.array(places),
            "uscc": pc.if_else(pa.array(nobody), _NOTHING, of_subjects(city.uscc, rows.subject)),
            "identity": pick([*IDENTITIES, "damaged_uscc"], identity),
            "is_withdrawal": pa.array(equal(rows.texts[CHANGE], "d")),
        }
    )


def faults_truth(window: Window, rows: Rows, marks: Sequence[Mark], places: Ints) -> pa.Table:
    """Return one row per faulty row and rule that it breaks; the rule is null where it breaks none."""
    tables = [FAULT_COLUMNS.empty_table()]
    for mark in marks:
        count = len(mark.rows)
        rule = f"{rows.feed}.{rows.dataset}.{mark.rule}" if mark.rule else None
        detail = (
            join("同第", numbers(places[mark.rows] - 1), "行") if mark.kind == "duplicate_row" else repeated("", count)
        )
        columns = {
            "feed": repeated(rows.feed, count),
            "dataset": repeated(rows.dataset, count),
            "file": _files(rows, window, rows.month[mark.rows]),
            "source_row": pa.array(places[mark.rows]),
            "kind": repeated(mark.kind, count),
            "place": repeated(mark.place, count),
            "rule_id": pa.repeat(pa.scalar(rule, pa.string()), count),
            "detail": detail,
        }
        tables.append(pa.table(columns, FAULT_COLUMNS))
    return pa.concat_tables(tables)


def file_fault(file: tuple[str, str, str], kind: str, place: Place, detail: str) -> pa.Table:
    """Return the one row about a file (feed, dataset, name); of a refused one ``detail`` begins with the code."""
    values = (*file, None, kind, place, None, detail)
    return pa.table({name: [value] for name, value in zip(FAULT_COLUMNS.names, values, strict=True)}, FAULT_COLUMNS)


def _files(rows: Rows, window: Window, months: Ints) -> pa.Array:  # type: ignore[type-arg]
    return take(pa.array([file_name(rows.feed, rows.dataset, label) for label in window.labels]), months)
