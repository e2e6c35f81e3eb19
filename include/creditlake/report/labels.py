"""Words of the standards that no mart holds, and where each kind of record stands in a report: kinds.yml.

Order and titles: 公共信用信息报告标准（2022年版）, 国家公共信用信息中心. A kind that is not named
there still has its place, among the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

INDUSTRY_SECTIONS = {
    "A": "农、林、牧、渔业",
    "B": "采矿业",
    "C": "制造业",
    "D": "电力、热力、燃气及水生产和供应业",
    "E": "建筑业",
    "F": "批发和零售业",
    "G": "交通运输、仓储和邮政业",
    "H": "住宿和餐饮业",
    "I": "信息传输、软件和信息技术服务业",
    "J": "金融业",
    "K": "房地产业",
    "L": "租赁和商务服务业",
    "M": "科学研究和技术服务业",
    "N": "水利、环境和公共设施管理业",
    "O": "居民服务、修理和其他服务业",
    "P": "教育",
    "Q": "卫生和社会工作",
    "R": "文化、体育和娱乐业",
    "S": "公共管理、社会保障和社会组织",
    "T": "国际组织",
}
"""Sections of GB/T 4754-2017."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record and how it is shown.

    Attributes:
        record_type: Its code in mart_credit_records.
        dataset: ``feed.dataset`` it comes from; without a batch of it the data are not collected.
        date_title: What its date is the date of.
        polarity: Only records of that polarity, where it is not None.
        amount_title: What its amount is, where it has one.
        end: When its publicity ends where the law names no day.
    """

    record_type: str
    title: str
    dataset: str
    date_title: str
    until_title: str = "公示至"
    polarity: int | None = None
    amount_title: str = "金额（元）"
    end: str = "法律未定期限"


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands where.

    Attributes:
        kinds: By the name the sections call them; a record belongs to the first that fits.
        headcounts: The dataset of the insured persons, ``feed.dataset``.
        dimensions: The order of the portrait; dimensions it does not name come after these.
    """

    kinds: dict[str, Kind]
    headcounts: str
    dimensions: tuple[str, ...]


@cache
def layout() -> Layout:
    """Return the layout that kinds.yml declares."""
    document = yaml.safe_load(files(__package__).joinpath("kinds.yml").read_text("utf-8"))
    kinds = {name: Kind(**kind) for name, kind in document["kinds"].items()}
    return Layout(kinds, document["headcounts"], tuple(document["dimensions"]))


def kind(name: str) -> Kind:
    """Return a kind by the name the sections call it."""
    return layout().kinds[name]
