"""Authorisations by which a business lets a bank see its credit information; at most one a subject."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from creditlake.synthetic.damage import Delivered
from creditlake.synthetic.events import Part, codes_and_names, happenings, identities
from creditlake.synthetic.faults import (
    Fault,
    code_faults,
    duplicate_row,
    end_before_start,
    future_date,
    key_conflict,
    late_report,
    missing_field,
    unknown_value,
)
from creditlake.synthetic.rows import CHANGE, UNKNOWN, Rows, enveloped, in_file_order, with_withdrawals
from creditlake.synthetic.texts import join, numbers, pick

CODE = "统一社会信用代码"
BANKS = ("青城农村商业银行", "敕勒川村镇银行", "草原城市银行", "大青山小额贷款公司")
"""Invented lenders."""
SCOPES = ("纳税、社保", "纳税、社保、公积金", "纳税、行政处罚", "纳税、社保、水电气")
TERMS_DAYS = (182, 365, 730)


def deliver(part: Part) -> Iterator[Delivered]:
    """Yield the authorisations of one part of the city."""
    rows = authorizations(part)
    yield Delivered(with_withdrawals(rows, part.dice, 0.01, part.window), CODE, _faults())


def authorizations(part: Part) -> Rows:
    """Return the authorisations of one part of the city in the order of their files, none withdrawn."""
    dice, window = part.dice, part.window
    rate = 0.30 / len(window) * np.where(part.city.is_enterprise, 1.3, 0.6) * np.exp(0.15 * part.city.strength)
    events = happenings(part, "authorization", rate, most=1)
    alive = ~events.is_after_end
    events = type(events)(events.subject[alive], events.month[alive], events.key[alive], events.is_after_end[alive])
    identity, subject = identities(part, "authorization", events, {UNKNOWN: 0.005})
    code, _ = codes_and_names(part, identity, events)
    provided, granted = window.handed_over(dice, "authorization", events.key, events.month)
    term = np.array(TERMS_DAYS)[dice.pick("authorization.term", events.key, [2, 6, 2])]
    labels = pick([label.replace("-", "") for label in window.labels], events.month)
    columns = {
        CODE: code,
        "授权编号": join("SQ", labels, numbers(events.key)),
        "授权机构": pick(BANKS, dice.below("authorization.bank", events.key, len(BANKS))),
        "授权范围": pick(SCOPES, dice.below("authorization.scope", events.key, len(SCOPES))),
    }
    days = {"授权日期": granted, "有效期至": granted + term}
    who = (events.month, subject, identity)
    rows = Rows("lending", "authorizations", *who, columns, days, "授权日期", "-", events.is_after_end)
    return in_file_order(enveloped(rows, window, provided, events.key))


def _faults() -> tuple[Fault, ...]:
    return (
        *code_faults(CODE, "授权机构"),
        missing_field("授权范围"),
        future_date("授权日期"),
        end_before_start("有效期至", "授权日期"),
        duplicate_row(),
        key_conflict("授权范围", lambda scopes: join(scopes, "、年报")),
        late_report("授权日期"),
        unknown_value(CHANGE, "x"),
    )
