"""What a history may say of a subject, drawn at random; many days fall on, before and after the days looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.histories import law
from tests.histories.facts import (
    Abnormal,
    Arrears,
    Authorization,
    Body,
    Entry,
    Penalty,
    Permit,
    Pledge,
    Rating,
    Registration,
)

OFFICES = ("新城区市场监督管理局", "回民区市场监督管理局")
KINDS = (
    "罚款", "罚款", "罚款", "警告", "通报批评", "没收违法所得", "没收非法财物", "暂扣许可证件", "降低资质等级",
    "吊销许可证件", "限制开展生产经营活动", "责令停产停业", "责令关闭", "限制从业", "行政拘留", "其他-责令改正",
    "暂扣或者吊销许可证、暂扣或者吊销执照",
)  # fmt: skip
FINES = (100, 200, 300, 2000, 3000, 3100, 9900, 50000, 100000, 999900, 1000000, 2500000)
FIRST_DAY = date(2022, 10, 1)


@dataclass(slots=True)
class Draw:
    """Where what is said comes from: the generator, the days looked at, and what is used up already."""

    random: Random
    days: Sequence[date]
    number: int
    used: set[date] = field(default_factory=set)
    count: int = 0

    def document(self, word: str) -> str:
        """A document number of its own."""
        self.count += 1
        return f"呼{word}〔2026〕{self.number}-{self.count}号"

    def code(self, word: str) -> str:
        """A number of its own, of letters and digits."""
        self.count += 1
        return f"{word}{self.number:06d}{self.count:04d}"

    def near(self, least: date, most: date) -> date:
        """A day between two, often one that is looked at or beside it."""
        return self._of(_beside(self.days), least, most) or least + timedelta(
            days=self.random.randint(0, max((most - least).days, 0))
        )

    def document_day(self, most: date) -> date:
        """The day of a document, often one whose term ends beside a day looked at, or on which the law changed."""
        months = self.random.choice((0, 0, 6, 12, 12, 36))
        ends = _beside(law.after(day, -months) for day in self.days)
        changes = _beside((law.ORDER_58, law.ORDER_36)) if self.random.random() < 0.2 else []
        return self._of(changes or ends, FIRST_DAY, most) or max(
            FIRST_DAY, most - timedelta(days=self.random.choice((0, 3, 20, 90, 400, 1100)))
        )

    def _of(self, days: Sequence[date], least: date, most: date) -> date | None:
        """One of some days, where one is possible and more often than not."""
        possible = [day for day in days if least <= day <= most]
        return self.random.choice(possible) if possible and self.random.random() < 0.6 else None

    def unused(self, draw: Callable[[], date], most: date) -> date | None:
        """A day that this history has not used yet for such a thing."""
        for _ in range(20):
            day = draw()
            if day <= most and day not in self.used:
                self.used.add(day)
                return day
        return None


def _beside(days: Iterable[date]) -> list[date]:
    """Some days, with the day before and after each."""
    return [day + timedelta(days=more) for day in days for more in (-1, 0, 1)]


def registration(draw: Draw) -> Registration:
    """The first entry of the register."""
    years = draw.random.choice((0, 1, 3, 4, 5, 9, 10))
    founded = law.after(draw.random.choice(draw.days), -12 * years) + timedelta(days=draw.random.choice((-1, 0, 1)))
    yuan = draw.random.choice((None, 50_000, 1_000_000, 1_000_000, 20_000_000))
    return Registration("存续", min(founded, draw.days[0]), min(founded, draw.days[0]), yuan)


def penalty(draw: Draw, most: date) -> Penalty:
    """A penalty of one kind or of several."""
    kinds = tuple(dict.fromkeys(draw.random.choices(KINDS, k=draw.random.choice((1, 1, 2, 3)))))
    fine = draw.random.choice(FINES) if "罚款" in kinds else None
    decided = draw.document_day(most)
    office = draw.random.choice(OFFICES)
    return Penalty(draw.document("罚"), office, kinds, fine, decided, _end(draw, decided))


def _end(draw: Draw, start: date) -> date | None:
    """An agency's own last day: none, or one beside a day looked at, or far away."""
    look = draw.random.choice(draw.days) + timedelta(days=draw.random.choice((-1, 0, 1)))
    return draw.random.choice((None, None, look if look >= start else None, law.after(start, 60)))


def entry(draw: Draw, most: date) -> Entry:
    """An entry of one of the lists."""
    entered = draw.document_day(most)
    kind = draw.random.choice(list(law.LIST_MONTHS))
    return Entry(kind, draw.document("列"), draw.random.choice(OFFICES), entered, _end(draw, entered), None)


def permit(draw: Draw, most: date) -> Permit:
    """A permit, perhaps one that begins later or has no end."""
    decided = draw.document_day(most)
    start = draw.near(decided, max(decided, draw.days[-1]))
    return Permit(draw.document("许"), draw.random.choice(OFFICES), decided, start, _end(draw, start), True)


def abnormal(draw: Draw, most: date) -> Abnormal | None:
    """An entry of the list of abnormal operations."""
    listed = draw.unused(lambda: draw.document_day(most), most)
    return None if listed is None else Abnormal(draw.random.choice(OFFICES), listed, None)


def arrears(draw: Draw, most: date) -> Arrears | None:
    """A statement of arrears."""
    closing = draw.unused(lambda: draw.document_day(most), most)
    if closing is None:
        return None
    determined = draw.near(closing, most)
    yuan = Decimal(draw.random.choice(("300.25", "1200.50", "77000.00", "250000.00")))
    return Arrears(draw.random.choice(("增值税", "企业所得税")), "新城区税务局", closing, determined, yuan,
                   draw.random.random() < 0.2)  # fmt: skip


def rating(draw: Draw, most: date) -> Rating | None:
    """The rating of a year, made in the spring after it."""
    year = draw.random.choice((2022, 2023, 2024, 2025))
    spring = date(year + 1, 3, 1)
    rated = draw.unused(lambda: spring + timedelta(days=draw.random.randint(0, 90)), most)
    return None if rated is None else Rating(year, "新城区税务局", draw.random.choice("ABMCD"), rated)


def authorization(draw: Draw, most: date) -> Authorization:
    """A permission to look into the data, until a day beside one that is looked at."""
    start = draw.document_day(most)
    return Authorization(draw.code("SQ"), "测试银行", start, draw.near(start, draw.days[-1]))


def pledge(draw: Draw, most: date) -> Pledge:
    """A commitment, perhaps with what became of it."""
    promised = draw.document_day(most)
    draw.count += 1
    number = f"15{draw.number // 1000:04d}{promised:%Y%m%d}{draw.number % 1000:03d}{draw.count:03d}"
    kind = draw.random.choice(("主动型", "审批替代型", "信用修复型"))
    office = draw.random.choice(OFFICES)
    told = Pledge(number, kind, office, promised, None, None, draw.random.random() < 0.9)
    return _determined(draw, told, most) if draw.random.random() < 0.6 else told


def _determined(draw: Draw, body: Pledge, most: date) -> Pledge:
    """What became of a commitment, determined on a day whose term may end beside a day looked at."""
    day = max(body.promised, draw.document_day(most))
    return replace(body, determined=day, state=draw.random.choice(("全部履行", "部分履行", "全部未履行")))


def made(body: Body) -> date:
    """The last day that a body tells of as done: it cannot be handed over before."""
    words = ("approved", "decided", "entered", "exited", "listed", "removed", "determined", "rated", "promised")
    return max((day for word in words if (day := getattr(body, word, None))), default=date.min)


def corrected(draw: Draw, body: Body, most: date) -> Body:
    """The same thing told otherwise."""
    coin = draw.random.random()
    if isinstance(body, Penalty):
        other = penalty(draw, most)
        if coin < 0.3:
            return replace(body, until=_end(draw, body.decided))
        return replace(other, document=body.document, authority=body.authority)
    if isinstance(body, Entry):
        if coin < 0.6:
            return replace(body, exited=None if body.exited else draw.near(body.entered, most))
        return replace(body, until=_end(draw, body.entered))
    if isinstance(body, Permit):
        if coin < 0.5:
            return replace(body, is_valid=not body.is_valid)
        return replace(body, end=_end(draw, body.start))
    if isinstance(body, Abnormal):
        return replace(body, removed=None if body.removed else draw.near(body.listed, most))
    if isinstance(body, Arrears):
        return replace(body, is_paid=not body.is_paid) if coin < 0.7 else replace(body, yuan=body.yuan + 100)
    if isinstance(body, Rating):
        return replace(body, grade=draw.random.choice("ABMCD"))
    if isinstance(body, Pledge):
        if coin < 0.2:
            return replace(body, is_public=not body.is_public)
        return replace(body, determined=None, state=None) if coin < 0.4 else _determined(draw, body, most)
    if isinstance(body, Authorization):
        return replace(body, end=draw.near(body.start, draw.days[-1]))
    if isinstance(body, Registration):
        if coin < 0.5:
            return replace(body, yuan=draw.random.choice((None, 200_000, 5_000_000)))
        status = draw.random.choice(("注销", "吊销未注销", "迁出", "歇业", "存续"))
        return replace(body, status=status, approved=draw.near(body.established, most))
    return body
