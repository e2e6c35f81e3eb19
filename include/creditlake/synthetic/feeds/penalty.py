"""Administrative penalties in the columns of the 2018 standard (CF_*)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from creditlake.synthetic.damage import Delivered
from creditlake.synthetic.events import Events, Part, happenings, identities, offices
from creditlake.synthetic.faults import (
    Fault,
    Site,
    code_faults,
    duplicate_row,
    end_before_start,
    future_date,
    key_conflict,
    late_report,
    missing_field,
    outside_catalogue,
    unknown_value,
)
from creditlake.synthetic.parties import Party, parties
from creditlake.synthetic.places import CITY_OFFICE, Bureau
from creditlake.synthetic.rng import Flags, Ints
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
from creditlake.synthetic.texts import MISSING_DAY, Texts, either, flags, join, numbers, pick, put, repeated, take

BUREAUS = (
    Bureau("市场监督管理局", 1),
    Bureau("应急管理局", 2),
    Bureau("生态环境局", 3),
    Bureau("住房和城乡建设局", 4),
    Bureau("交通运输局", 5),
)
BUREAU_SHARES = (50, 12, 10, 14, 14)
BREACHES = (
    ("未按规定明码标价", "当事人销售商品未明码标价", "中华人民共和国价格法第四十二条"),
    ("未落实安全生产责任制", "现场检查发现当事人未建立安全生产责任制", "中华人民共和国安全生产法第九十四条"),
    ("违法排放污染物", "当事人未按照规定处置废水", "中华人民共和国水污染防治法第八十三条"),
    ("未取得施工许可证擅自施工", "当事人未取得施工许可证开工建设", "建筑工程施工许可管理办法第十二条"),
    ("超限运输", "当事人车辆超过核定载质量运输货物", "公路安全保护条例第六十四条"),
)
"""Kind, fact and law of the breach, one a bureau."""


@dataclass(frozen=True, slots=True)
class Sanction:
    """Kinds of penalty in one decision (CF_CFLB), how the text begins, the fines it may hold in yuan, its share."""

    kinds: str
    text: str
    fines: tuple[int, ...]
    share: float


SANCTIONS = (
    Sanction("警告", "警告", (), 14),
    Sanction("罚款", "", (200, 500, 1000, 2000, 3000), 24),
    Sanction("警告;罚款", "警告，并处", (2000, 5000, 8000, 10000, 15000), 22),
    Sanction("罚款", "", (5000, 12000, 20000, 35000, 50000, 90000, 150000), 24),
    Sanction("没收违法所得;罚款", "没收违法所得，并处", (5000, 10000, 26000, 60000), 8),
    Sanction("责令停产停业;罚款", "责令停产停业，并处", (20000, 50000, 200000), 3),
    Sanction("吊销许可证件", "吊销许可证件", (), 1.5),
    Sanction("罚款", "", (1200000, 3000000), 0.5),
    Sanction("暂扣许可证件;罚款", "暂扣许可证件，并处", (3000, 10000), 1.5),
    Sanction("其他-责令改正", "责令改正", (), 1.5),
)
FINES = tuple(sorted({fine for sanction in SANCTIONS for fine in sanction.fines}))


def deliver(part: Part) -> Iterator[Delivered]:
    """Yield the penalty decisions of one part of the city."""
    yield Delivered(decisions(part), "CF_XDR_SHXYM", _faults())


def decisions(part: Part) -> Rows:
    """Return the decisions before anything goes wrong with them, the withdrawn ones with their withdrawals."""
    rate = 0.010 * np.exp(-0.85 * part.city.compliance)
    events = happenings(part, "penalty", rate)
    shares = {ORG_CODE: 0.015, REGISTRATION_NO: 0.015, TAX_NO_15: 0.01, UNKNOWN: 0.01, PERSON: 0.05}
    identity, subject = identities(part, "penalty", events, shares)
    party = parties(part, "penalty", events, identity)
    provided, decided = part.window.handed_over(part.dice, "penalty", events.key, events.month)
    days = {"CF_JDRQ": decided, "CF_YXQ": decided + 1096, "CF_GSJZQ": _shown_until(part, events, decided)}
    texts = _party_columns(party) | _decision_columns(part, events)
    rows = Rows(
        "penalty", "decisions", events.month, subject, identity, texts, days, "CF_JDRQ", "-", events.is_after_end
    )
    rows = in_file_order(enveloped(rows, part.window, provided, events.key))
    return with_withdrawals(rows, part.dice, 0.01, part.window)


def _shown_until(part: Part, events: Events, decided: Ints) -> Ints:
    stated = part.dice.chance("penalty.shown", events.key, 0.6)
    return np.where(stated, decided + 365, MISSING_DAY)


def _party_columns(party: Party) -> dict[str, Texts]:
    return {
        "CF_XDR_MC": party.name,
        "CF_XDR_LB": party.category,
        "CF_XDR_SHXYM": party.code,
        "CF_XDR_GSZC": party.registration_no,
        "CF_XDR_ZZJG": party.org_code,
        "CF_XDR_SWDJ": party.tax_no,
        "CF_FRDB": party.representative,
        "CF_XDR_ZJLX": party.document_kind,
        "CF_XDR_ZJHM": party.document_number,
    }


def _decision_columns(part: Part, events: Events) -> dict[str, Texts]:
    dice, keys, window = part.dice, events.key, part.window
    bureau = dice.pick("penalty.bureau", keys, BUREAU_SHARES)
    office = offices(part, "penalty", events)
    agencies, codes = _agencies(bureau, office)
    years = pick([str(year) for year in window.years], events.month)
    kinds, contents, fines, seized = _sanctions(part, events)
    return {
        "CF_WSH": join(
            "呼", pick(["市监", "应急", "环", "建", "交"], bureau), "罚〔", years, "〕", numbers(keys), "号"
        ),
        "CF_WFXW": pick([kind for kind, *_ in BREACHES], bureau),
        "CF_SY": pick([fact for _, fact, _ in BREACHES], bureau),
        "CF_YJ": pick([law for *_, law in BREACHES], bureau),
        "CF_CFLB": kinds,
        "CF_NR": contents,
        "CF_NR_FK": fines,
        "CF_NR_WFFF": seized,
        "CF_CFJG": agencies,
        "CF_CFJGDM": codes,
        "CF_SJLY": repeated("呼和浩特市市场监督管理局", len(events)),
        "CF_SJLYDM": BUREAUS[0].codes(np.full(len(events), CITY_OFFICE)),
        "BZ": repeated("", len(events)),
    }


def _agencies(bureau: Ints, office: Ints) -> tuple[Texts, Texts]:
    agencies, codes = BUREAUS[0].names(office), BUREAUS[0].codes(office)
    for number, one in enumerate(BUREAUS[1:], start=1):
        places = np.flatnonzero(bureau == number)
        agencies, codes = (
            put(agencies, places, one.names(office[places])),
            put(codes, places, one.codes(office[places])),
        )
    return agencies, codes


def _sanctions(part: Part, events: Events) -> tuple[Texts, Texts, Texts, Texts]:
    """Return CF_CFLB, CF_NR, CF_NR_FK and CF_NR_WFFF: the amount in 万元 says what the text says in yuan or 万元."""
    dice, keys = part.dice, events.key
    which = dice.pick("penalty.sanction", keys, [one.share for one in SANCTIONS])
    most = max(len(one.fines) for one in SANCTIONS)
    sizes = np.array([max(len(one.fines), 1) for one in SANCTIONS])
    table = np.array([((one.fines or (0,)) * most)[:most] for one in SANCTIONS])
    fine = table[which, dice.below("penalty.fine", keys, sizes[which])]
    place = np.searchsorted(FINES, fine)
    in_wan = dice.chance("penalty.unit", keys, 0.2) & (fine >= 10000)
    words = pick([f"罚款{amount}元" for amount in FINES], place)
    words = either(in_wan, pick([f"罚款{amount / 10000:g}万元" for amount in FINES], place), words)
    words = either(fine > 0, words, "")
    contents = join(pick([one.text for one in SANCTIONS], which), words)
    amounts = either(fine > 0, pick([f"{amount / 10000:g}" for amount in FINES], place), "0")
    seizes = np.array(["没收" in one.kinds for one in SANCTIONS])[which]
    seized = either(seizes, pick(["0.12", "0.35", "1.6"], dice.below("penalty.seized", keys, 3)), "")
    return pick([one.kinds for one in SANCTIONS], which), contents, amounts, seized


def _faults() -> tuple[Fault, ...]:
    return (
        *code_faults("CF_XDR_SHXYM", "CF_XDR_MC"),
        missing_field("CF_YJ"),
        unknown_value("CF_CFLB", "罚没"),
        outside_catalogue("CF_WFXW", "不文明养犬"),
        future_date("CF_JDRQ"),
        end_before_start("CF_YXQ", "CF_JDRQ"),
        Fault("amount_against_text", "quarantined", ("fine_matches_text",), _other_amount, _has_fine),
        Fault("yuan_for_wan", "quarantined", ("fine_unit",), _amount_in_yuan, _has_fine),
        duplicate_row(),
        key_conflict("CF_SY", lambda facts: join(facts, "，情节轻微")),
        late_report("CF_JDRQ"),
    )


def _has_fine(rows: Rows) -> Flags:
    """Rows whose text states one fine in yuan."""
    return flags(pc.match_substring_regex(rows.texts["CF_NR"], "罚款[0-9]+元"))


def _other_amount(rows: Rows, places: Ints, _: Site) -> Rows:
    """The amount gains a digit: 0.2 万元 becomes 0.25 万元 where the text says 罚款2000元."""
    amounts = take(rows.texts["CF_NR_FK"], places)
    dotted = flags(pc.match_substring(amounts, "."))
    return rows.changed({"CF_NR_FK": put(rows.texts["CF_NR_FK"], places, join(amounts, either(dotted, "5", ".5")))})


def _amount_in_yuan(rows: Rows, places: Ints, _: Site) -> Rows:
    """The amount is the number of the text, as if its column were in yuan."""
    stated = pc.struct_field(pc.extract_regex(take(rows.texts["CF_NR"], places), "罚款(?P<yuan>[0-9]+)元"), "yuan")
    return rows.changed({"CF_NR_FK": put(rows.texts["CF_NR_FK"], places, stated)})
