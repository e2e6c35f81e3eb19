"""What the model counts for the city credit index: the leaves about records and subjects, period by period."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tests.histories import law
from tests.histories.facts import Pledge
from tests.histories.model import World

AREAS = ("150100", "150102")
"""The city, and the one district in which all subjects of the histories are."""
COUNTED = ("C04", "C12", "C18", "C20", "C21", "C24", "C30")
"""The leaves that the model knows; others also ask for datasets that the histories do not deliver."""
Table = dict[tuple[object, ...], dict[str, object]]


def index(world: World) -> Table:
    """Numerator and denominator of each leaf, by period and area."""
    table: Table = {}
    this_month = world.day.replace(day=1)
    for back in range(12):
        month = law.after(this_month, -back)
        for code, counted, among in _leaves(world, month):
            for area in AREAS:
                table[f"{month:%Y-%m}", area, code] = {"numerator": float(counted), "denominator": float(among)}
    return table


def judged(told: Table, found: Table, day: date) -> Table:
    """What the model tells of this month, and of the months before it where the lake judges too.

    Before a dataset first came nobody can judge by it; of the month of the last delivery everybody can.
    """
    return {key: row for key, row in told.items() if key in found or key[0] == f"{day:%Y-%m}"}


def _leaves(world: World, month: date) -> Iterator[tuple[str, int, int]]:
    """The leaves of the period that ends with a month: its window is the twelve months that end with it."""
    end = min(law.after(month, 1) - timedelta(days=1), world.day)
    window = [one for one in world.records if law.after(month, -11) <= one.occurred.replace(day=1) <= month]
    active = {number for number in world.subjects if world.active(number)}
    among = sum(world.subjects[number].established.replace(day=1) <= month for number in active)
    reported = [one for one in window if one.record_type in ("permit", "penalty")]
    yield "C04", len(reported), among
    yield "C30", sum(one.record_type == "penalty" and one.severity == "serious" for one in reported), among
    yield "C18", len(active & {one.subject for one in window if one.polarity == 1}), among
    pledges = [one for one in window if isinstance(one.body, Pledge)]
    yield "C20", len(active & {one.subject for one in pledges}), among
    instead = [one for one in pledges if isinstance(one.body, Pledge) and one.body.kind == "审批替代型"]
    yield "C21", len(active & {one.subject for one in instead}), among
    yield "C24", among, among
    yield "C12", len(active & {who for who, start, until in world.authorizations if start <= end <= until}), among
