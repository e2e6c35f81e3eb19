"""The city's districts and streets, and the authorities that sit in them.

Shares: addresses of 13,496 real register rows of the city, the zones included (measured; feeds.md §1.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from creditlake.synthetic.identifiers import authority_code
from creditlake.synthetic.rng import Ints
from creditlake.synthetic.texts import Texts, pick

CITY = "呼和浩特市"


@dataclass(frozen=True, slots=True)
class District:
    """One area of the index: code, name, share of the subjects, the word an address says it with."""

    code: str
    name: str
    share: float
    words: str


DISTRICTS = (
    District("150105", "赛罕区", 0.276, "赛罕区"),
    District("150102", "新城区", 0.234, "新城区"),
    District("150103", "回民区", 0.150, "回民区"),
    District("150104", "玉泉区", 0.093, "玉泉区"),
    District("150121", "土默特左旗", 0.044, "土默特左旗金山开发区"),
    District("150125", "武川县", 0.032, "武川县可可以力更镇"),
    District("150122", "托克托县", 0.029, "托克托县双河镇"),
    District("150124", "清水河县", 0.023, "清水河县城关镇"),
    District("150123", "和林格尔县", 0.023, "和林格尔县盛乐园区"),
    District("150172", "经济技术开发区", 0.096, "如意开发区"),
)
CITY_AREA, REGION_AREA = "150100", "150000"

ROADS = (
    "新华大街", "中山西路", "中山东路", "大学西街", "大学东街", "鄂尔多斯大街", "呼伦贝尔北路", "锡林南路",
    "锡林北路", "昭乌达路", "兴安南路", "兴安北路", "成吉思汗大街", "海拉尔东街", "海拉尔西街", "通道街",
    "石羊桥东路", "石羊桥西路", "银河北街", "丰州路", "展览馆东路", "哲里木路", "乌兰察布东路", "机场路",
    "敕勒川大街", "腾飞南路", "鼓楼街", "东影南路", "巴彦淖尔南路", "公园西路", "南二环路", "世纪五路",
)  # fmt: skip
"""Streets whose names hold no word of any district or zone: an address says one district or none."""


@dataclass(frozen=True, slots=True)
class Bureau:
    """A kind of authority with one office in each district and one for the city.

    Attributes:
        title: What follows the district's name.
        number: What makes the codes of its offices differ from other bureaus'.
    """

    title: str
    number: int

    def names(self, districts: Ints) -> Texts:
        """Return the names of the offices in these districts; the city's office where the place is one beyond."""
        return pick(_office_names(self), districts)

    def codes(self, districts: Ints) -> Texts:
        """Return the unified codes of the offices in these districts."""
        return pick(_office_codes(self), districts)


CITY_OFFICE = len(DISTRICTS)
"""The place of a bureau's office for the whole city."""


@cache
def _office_names(bureau: Bureau) -> list[str]:
    return [f"{CITY}{district.name}{bureau.title}" for district in DISTRICTS] + [f"{CITY}{bureau.title}"]


@cache
def _office_codes(bureau: Bureau) -> list[str]:
    areas = [district.code for district in DISTRICTS] + [CITY_AREA]
    return [authority_code(area, bureau.number * 100 + place) for place, area in enumerate(areas)]


def area_numbers(places: npt.NDArray[np.int64]) -> Ints:
    """Return the six digits of districts, the city and the region, in this order, as numbers."""
    areas = [district.code for district in DISTRICTS] + [CITY_AREA, REGION_AREA]
    return np.array([int(area) for area in areas])[places]
