"""What the model says of a subject: counts and sums, points, score, grade and class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.histories import cards, law
from tests.histories.cards import Value
from tests.histories.facts import Key, Rating
from tests.histories.model import World
from tests.histories.records import Record

WITHIN_3_YEARS = 36


@dataclass(frozen=True, slots=True)
class Item:
    """What makes points: an item of the evaluation card, the points, and the records behind it."""

    code: str
    points: int
    records: tuple[Record, ...]


class Profile:
    """One subject on one day."""

    def __init__(self, world: World, subject: int, records: list[Record]) -> None:
        self.world, self.subject, self.records = world, subject, records
        self.entry = world.subjects[subject]
        self.is_active = world.active(subject)
        self.penalties = self.of("penalty")
        self.rating = next((one for one in self.of("tax_rating") if one.is_latest), None)
        self.debts = [one for one in self.of("tax_arrears") if one.is_latest]
        self.arrears = sum((one.yuan or Decimal(0) for one in self.debts), Decimal(0))
        self.is_serious = any(one.is_serious_list for one in records)

    def of(self, record_type: str) -> list[Record]:
        """The records of a type."""
        return [one for one in self.records if one.record_type == record_type]

    @property
    def grade_of_tax(self) -> Rating | None:
        """The rating that stands."""
        return self.rating.body if self.rating and isinstance(self.rating.body, Rating) else None

    @property
    def ratio(self) -> float | None:
        """Arrears against the capital; None where that is not known."""
        if not self.arrears:
            return 0.0
        return round(float(self.arrears) / self.entry.yuan, 6) if self.entry.yuan else None

    @property
    def years(self) -> int:
        """Full years since it was founded."""
        return law.full_months(self.entry.established, self.world.day) // 12

    def features(self) -> dict[str, Value]:
        """What the cards of portrait and loan look at; head counts were never delivered here."""
        grade = self.grade_of_tax
        return {
            "age_years": float(self.years),
            "registered_capital_yuan": None if self.entry.yuan is None else float(self.entry.yuan),
            "penalty_weight": self._weight(),
            "abnormal_count": float(len(self.of("abnormal_operation"))),
            "tax_rating": grade.grade if grade else None,
            "tax_arrears_ratio": self.ratio,
            "tax_violation_count": 0.0,
            "insured_headcount": None,
            "headcount_change": None,
            "social_arrears_count": 0.0,
            "wage_list_count": 0.0,
            "negative_count": float(sum(one.polarity == -1 for one in self.records)),
            "permits_valid": float(len(self.of("permit"))),
            "honour_count": float(sum(one.polarity == 1 for one in self.of("tax_rating"))),
        }

    def _weight(self) -> float:
        """Penalties weighed by how grave and how old they are: half a year, a year, three years."""
        weight = Decimal(0)
        for one in self.penalties:
            age = next(place for place, months in enumerate((6, 12, WITHIN_3_YEARS, 9999))
                       if months == 9999 or one.occurred > law.after(self.world.day, -months))  # fmt: skip
            share = (Decimal("1.0"), Decimal("0.7"), Decimal("0.4"), Decimal(0))[age]
            weight += share * (3 if one.severity == "serious" else 1)
        return float(weight)

    def items(self) -> list[Item]:
        """What makes the score by the card: each penalty by its age, all others once."""
        found = [Item("S00", 900, ()), *self._penalty_items(), *self._other_items()]
        (cap,) = cards.seed("ref_evaluation_caps")
        fines = sum(one.points for one in found if one.code.startswith("S01"))
        if fines < int(cap["points_min"]):
            found.append(Item(cap["item_code"], int(cap["points_min"]) - fines, ()))
        total = sum(one.points for one in found)
        return [*found, Item("limit", -total, ())] if total < 0 else found

    def _penalty_items(self) -> Iterator[Item]:
        made: dict[str, list[tuple[int, Record]]] = {}
        for one in self.penalties:
            age = float(law.full_months(one.occurred, self.world.day))
            for line in cards.bins("ref_evaluation_scorecard", f"penalty_{one.severity}", age):
                made.setdefault(line["item_code"], []).append((int(line["points"]), one))
        for code, each in made.items():
            yield Item(code, sum(points for points, _ in each), tuple(record for _, record in each))

    def _other_items(self) -> Iterator[Item]:
        abnormal, permits = self.of("abnormal_operation"), self.of("permit")
        grade, ratio = self.grade_of_tax, self.ratio
        values: list[tuple[str, Value, list[Record]]] = [
            ("abnormal_count", float(len(abnormal)) or None, abnormal),
            ("tax_rating", grade.grade if grade else None, [self.rating] if self.rating else []),
            ("tax_arrears_ratio", ratio or None, self.debts),
            ("tax_arrears_unrated", 1.0 if ratio is None else None, self.debts),
            ("age_years", float(self.years), []),
            ("permits_valid", float(len(permits)) or None, permits),
        ]
        for feature, value, records in values:
            for line in cards.bins("ref_evaluation_scorecard", feature, value):
                yield Item(line["item_code"], int(line["points"]), tuple(records))

    def score(self) -> int | None:
        """The sum of all points; who is not in the register has none."""
        return sum(one.points for one in self.items()) if self.is_active else None

    def reasons(self) -> Iterator[tuple[str, Key, date | None]]:
        """Each item and record behind it, with the first day on which the record counts no more."""
        for item in self.items():
            for one in item.records:
                yield item.code, one.key, _falls_away(one)
        for one in self.records:
            if one.is_serious_list:
                yield "serious_list", one.key, _falls_away(one)


def _falls_away(record: Record) -> date | None:
    hidden = record.until + timedelta(days=1) if record.until and record.until < law.OPEN_END else None
    if record.record_type != "penalty":
        return hidden
    horizon = law.reached(record.occurred, WITHIN_3_YEARS)
    return min(hidden, horizon) if hidden else horizon
