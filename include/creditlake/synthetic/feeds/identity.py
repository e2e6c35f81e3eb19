"""What the data team decides about identity: of some authorisations whose they are, or whose they are not.

Decisions say what is true, so that they change nobody's records. Subjects are merged in no synthetic city: each is one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from creditlake.synthetic.damage import Delivered
from creditlake.synthetic.events import Part
from creditlake.synthetic.faults import Fault, duplicate_row, future_date, key_conflict, missing_field, unknown_value
from creditlake.synthetic.feeds import lending
from creditlake.synthetic.names import persons
from creditlake.synthetic.rows import CHANGE, CLEAN, PROVIDED, Rows, enveloped, in_file_order
from creditlake.synthetic.texts import Texts, either, join, numbers, repeated, strings, take

SUBJECT = "主体"
DECIDED_SHARE, OTHER_SHARE = 0.2, 0.3
"""Of the authorisations; and of the decisions those that say whose it is not."""


def deliver(part: Part) -> Iterator[Delivered]:
    """Yield the decisions of one part of the city."""
    dice, city, window = part.dice, part.city, part.window
    about = lending.authorizations(part)
    key = np.arange(len(about), dtype=np.int64) + (part.number << 32)
    known = (about.identity == CLEAN) & ~city.is_odd[about.subject] & (about.days[PROVIDED] + 2 <= window.last[-1])
    chosen = np.flatnonzero(known & dice.chance("identity.decided", key, DECIDED_SHARE))
    about, key = about.take(chosen), key[chosen]
    other = (about.subject + 1) % len(city)
    is_other = dice.chance("identity.other", key, OTHER_SHARE) & (other != about.subject) & ~city.is_odd[other]
    subject = np.where(is_other, other, about.subject)
    decided = about.days[PROVIDED] + 1
    columns = {
        "决定编号": join("RD", numbers(key)),
        "决定类型": either(is_other, "不挂接", "挂接"),
        "标识键": _keys(about.texts[lending.CODE]),
        SUBJECT: take(city.uscc, subject),
        "决定人": persons(dice, "identity.by", key),
        "决定依据": repeated("机关核实", len(key)),
        "决定理由": repeated("授权机构书面核实", len(key)),
    }
    month = np.searchsorted(window.last, decided + 1)
    rows = Rows("identity", "decisions", month, subject, about.identity, columns, {"决定日期": decided})
    yield Delivered(in_file_order(enveloped(rows, window, decided + 1, key)), SUBJECT, _faults())


def _keys(codes: Texts) -> Texts:
    """The identity_key of rows that name their subject by its code alone, as staging makes it."""
    return pa.array([hashlib.md5(f"{code}|".encode()).hexdigest() for code in strings(codes)], pa.string())


def _faults() -> tuple[Fault, ...]:
    return (
        missing_field("决定理由"),
        unknown_value("决定类型", "待定"),
        future_date("决定日期"),
        duplicate_row(),
        key_conflict("决定理由", lambda reasons: join(reasons, "，已复核")),
        unknown_value(CHANGE, "x"),
    )
