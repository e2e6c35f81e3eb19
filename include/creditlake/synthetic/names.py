"""Names and trades of invented businesses, and persons whom nobody can be.

A trade name is a permutation of the subject's number in an alphabet of 128 characters: two subjects share a name only
where the population says so. Shares of the forms: 13,496 real names (measured; feeds.md §1.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from creditlake.synthetic.rng import Dice, Ints
from creditlake.synthetic.texts import Texts, either, join, pick, repeated

_CHARACTERS = (
    "鑫源恒泰盛华宏瑞祥达通兴隆安信丰润德嘉美佳明博创新天成顺诚金永富昌宇航蓝海青城草原牧绿园星辉东方北疆中和远大友联合力"
    "生康健泽民正益众智慧云数科讯凯腾飞龙凤鹏万里长山河川阳光晨曦亿鸿福禄寿喜乐怡景雅轩逸品尚格致优聚汇融鼎盈邦国际伟业卓越"
    "奥亚欧亨利吉庆荣耀耘禾沃田谷粮沐林森木石玉银铜铁"
)
ALPHABET = tuple(dict.fromkeys(_CHARACTERS))[:128]
_STEP = 1_403_641
"""Odd, so that multiplying by it permutes the numbers below a power of two."""


@dataclass(frozen=True, slots=True)
class Trade:
    """What a business does: the word in its name, its code (GB/T 4754-2017), the scope it registers."""

    word: str
    code: str
    scope: str
    share: float


ENTERPRISE_TRADES = (
    Trade("商贸", "5211", "日用百货、针纺织品、办公用品的销售", 16),
    Trade("贸易", "5164", "金属材料、建筑材料的销售；进出口贸易", 9),
    Trade("五金机电", "5176", "五金交电、机电设备的销售", 5),
    Trade("科技", "6513", "软件开发；技术咨询、技术服务", 10),
    Trade("信息技术", "6531", "信息系统集成服务；计算机维护", 5),
    Trade("建筑工程", "4710", "房屋建筑工程施工；建筑劳务分包", 9),
    Trade("市政工程", "4813", "市政公用工程施工；园林绿化工程", 4),
    Trade("装饰工程", "5011", "室内外装饰装修工程设计与施工", 5),
    Trade("食品", "5122", "预包装食品、乳制品的销售", 5),
    Trade("乳业", "1440", "乳制品生产、销售", 2),
    Trade("农牧业", "0313", "牲畜饲养；农副产品收购、销售", 5),
    Trade("餐饮管理", "6210", "餐饮服务；餐饮企业管理", 6),
    Trade("物流", "5430", "道路普通货物运输；仓储服务", 6),
    Trade("文化传媒", "7259", "设计、制作、发布广告；文化活动策划", 4),
    Trade("房地产开发", "7010", "房地产开发经营；房屋租赁", 2),
    Trade("物业服务", "7020", "物业服务；家政服务", 4),
    Trade("新能源", "4415", "风力发电、光伏发电项目的建设与运营", 3),
)
HOUSEHOLD_TRADES = (
    Trade("便利店", "5212", "日用百货、卷烟零售", 22),
    Trade("小吃店", "6210", "餐饮服务", 22),
    Trade("理发店", "8040", "理发服务", 9),
    Trade("五金建材店", "5164", "五金、建材零售", 12),
    Trade("货运部", "5431", "道路货物运输", 16),
    Trade("水果店", "5211", "水果、蔬菜零售", 11),
    Trade("打印部", "7259", "打字复印；图文设计", 8),
)
COOPERATIVE_TRADES = (
    Trade("种植", "0111", "农作物种植、销售；组织采购农业生产资料", 50),
    Trade("养殖", "0321", "畜禽养殖、销售；为成员提供技术服务", 50),
)
TRADES = (ENTERPRISE_TRADES, HOUSEHOLD_TRADES, COOPERATIVE_TRADES)

FORMS = (
    ("有限公司", "有限责任公司(自然人投资或控股)", 0.50),
    ("有限责任公司", "其他有限责任公司", 0.37),
    ("有限公司分公司", "有限责任公司分公司", 0.06),
    ("厂", "个人独资企业", 0.02),
    ("股份有限公司", "股份有限公司", 0.01),
    ("合伙企业（有限合伙）", "有限合伙企业", 0.04),
)
"""End of the name, type of the enterprise, share."""
COOPERATIVE_FORM = "农民专业合作社"
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_ORDINALS = "甲乙丙丁戊己庚辛"


def trade_numbers(trades: Sequence[Trade], dice: Dice, keys: Ints) -> Ints:
    """Return which of the trades each business has."""
    return dice.pick("trade", keys, [trade.share for trade in trades])


def trade_names(dice: Dice, keys: Ints) -> Texts:
    """Return a name of three characters, in a quarter of the cases four, that no other key has."""
    offset = int(dice.bits("names", np.zeros(1, np.int64))[0] % np.uint64(128**3))
    mixed = (keys * _STEP + offset) % 128**3
    overflow = keys // 128**3
    places = [mixed // 128**2, mixed // 128 % 128, mixed % 128]
    letters = [pick(ALPHABET, place) for place in places]
    fourth = either(dice.chance("name.fourth", keys, 0.25), pick(ALPHABET, dice.below("name.last", keys, 128)), "")
    beyond = pick([""] + [f"{ALPHABET[number % 128]}{number}" for number in range(1, 64)], overflow)
    return join(*letters, fourth, beyond)


def enterprise_names(dice: Dice, keys: Ints, trades: Texts, forms: Texts, districts: Texts) -> Texts:
    """Return names of companies: city or region, trade name, trade, form; some with the city in brackets."""
    styles = dice.pick("name.style", keys, [0.40, 0.34, 0.02, 0.04, 0.12, 0.08])
    front = pick(["呼和浩特市", "内蒙古", "", "", "呼和浩特市", ""], styles)
    middle = pick(["", "", "（呼和浩特）", "(呼和浩特)", "", ""], styles)
    district = either(styles == 4, districts, "")
    return join(front, district, trade_names(dice, keys), middle, trades, forms)


def local_names(dice: Dice, keys: Ints, trades: Texts, districts: Texts, form: str) -> Texts:
    """Return names of households and cooperatives: city, district, trade name, trade, form."""
    return join("呼和浩特市", districts, trade_names(dice, keys), trades, form)


def persons(dice: Dice, stream: str, keys: Ints) -> Texts:
    """Return persons as notices mask them, like 王某甲: nobody's names."""
    surnames = pick(list(_SURNAMES), dice.below(f"{stream}.surname", keys, len(_SURNAMES)))
    ordinals = pick(list(_ORDINALS), dice.below(f"{stream}.ordinal", keys, len(_ORDINALS)))
    return join(surnames, repeated("某", len(keys)), ordinals)
