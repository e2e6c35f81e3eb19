"""Administrative permits in the columns of the 2018 standard (XK_*)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from creditlake.synthetic.damage import Delivered
from creditlake.synthetic.events import Events, Part, happenings, identities, offices
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
from creditlake.synthetic.parties import Party, parties
from creditlake.synthetic.places import CITY_OFFICE, Bureau
from creditlake.synthetic.rng import Ints
from creditlake.synthetic.rows import (
    ORG_CODE,
    PERSON,
    REGISTRATION_NO,
    TAX_NO_15,
    UNKNOWN,
    Rows,
    enveloped,
    in_file_order,
    with_withdrawals,
)
from creditlake.synthetic.texts import Texts, join, numbers, pick, repeated
from creditlake.synthetic.window import EPOCH, day_number

SERVICE = Bureau("行政审批和政务服务局", 10)
MARKET = Bureau("市场监督管理局", 1)
PERMITS = (
    ("食品经营许可证", "普通", "预包装食品销售", 5 * 365, 34),
    ("道路运输经营许可证", "普通", "道路普通货物运输", 4 * 365, 16),
    ("建筑业企业资质证书", "认可", "建筑工程施工总承包三级", 5 * 365, 10),
    ("公共场所卫生许可证", "普通", "理发、住宿场所", 4 * 365, 14),
    ("准予变更登记通知书", "登记", "变更登记", 0, 16),
    ("取水许可证", "特许", "取用地下水", 3 * 365, 4),
    ("特种设备使用登记证", "核准", "电梯使用登记", 0, 4),
    ("户外广告设置批准书", "其他-备案", "设置户外广告", 200, 2),
)
"""Certificate, kind of permit, content, days it holds (0: without end), share."""
OPEN_END = day_number(EPOCH.replace(year=2099, month=12, day=31))


def deliver(part: Part) -> Iterator[Delivered]:
    """Yield the permits of one part of the city."""
    rate = 0.034 * np.exp(0.2 * part.city.strength)
    events = happenings(part, "permit", rate)
    shares = {ORG_CODE: 0.015, REGISTRATION_NO: 0.015, TAX_NO_15: 0.01, UNKNOWN: 0.01, PERSON: 0.04}
    identity, subject = identities(part, "permit", events, shares)
    party = parties(part, "permit", events, identity)
    provided, decided = part.window.handed_over(part.dice, "permit", events.key, events.month)
    which = part.dice.pick("permit.kind", events.key, [share for *_, share in PERMITS])
    length = np.array([held for *_, held, _ in PERMITS])[which]
    days = {"XK_JDRQ": decided, "XK_YXQZ": decided, "XK_YXQZI": np.where(length == 0, OPEN_END, decided + length)}
    texts = _party_columns(party) | _permit_columns(part, events, which)
    rows = Rows(
        "licensing", "permits", events.month, subject, identity, texts, days, "XK_JDRQ", "/", events.is_after_end
    )
    rows = in_file_order(enveloped(rows, part.window, provided, events.key))
    yield Delivered(with_withdrawals(rows, part.dice, 0.005, part.window), "XK_XDR_SHXYM", _faults())


def _party_columns(party: Party) -> dict[str, Texts]:
    return {
        "XK_XDR_MC": party.name,
        "XK_XDR_LB": party.category,
        "XK_XDR_SHXYM": party.code,
        "XK_XDR_GSZC": party.registration_no,
        "XK_XDR_ZZJG": party.org_code,
        "XK_XDR_SWDJ": party.tax_no,
        "XK_FRDB": party.representative,
        "XK_XDR_ZJLX": party.document_kind,
        "XK_XDR_ZJHM": party.document_number,
    }


def _permit_columns(part: Part, events: Events, which: Ints) -> dict[str, Texts]:
    keys = events.key
    years = pick([str(year) for year in part.window.years], events.month)
    number = join("呼审批许〔", years, "〕", numbers(keys), "号")
    office = offices(part, "permit", events)
    return {
        "XK_XKWS": repeated("准予行政许可决定书", len(events)),
        "XK_WSH": number,
        "XK_XKLB": pick([kind for _, kind, *_ in PERMITS], which),
        "XK_XKZS": pick([certificate for certificate, *_ in PERMITS], which),
        "XK_XKBH": join("XK1501", numbers(keys)),
        "XK_NR": pick([content for _, _, content, *_ in PERMITS], which),
        "XK_XKJG": SERVICE.names(office),
        "XK_XKJGDM": SERVICE.codes(office),
        "XK_ZT": pick(["1", "0"], part.dice.pick("permit.state", keys, [97, 3])),
        "XK_LYDW": repeated("呼和浩特市市场监督管理局", len(events)),
        "XK_LYDWDM": MARKET.codes(np.full(len(events), CITY_OFFICE)),
        "BZ": repeated("", len(events)),
    }


def _faults() -> tuple[Fault, ...]:
    return (
        *code_faults("XK_XDR_SHXYM", "XK_XDR_MC"),
        missing_field("XK_NR"),
        unknown_value("XK_XKLB", "一般"),
        future_date("XK_JDRQ"),
        end_before_start("XK_YXQZI", "XK_YXQZ"),
        duplicate_row(),
        key_conflict("XK_NR", lambda contents: join(contents, "（换发）")),
        late_report("XK_JDRQ"),
    )
