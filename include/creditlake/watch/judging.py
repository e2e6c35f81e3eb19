"""The judgement of the watch: from what came, the contracts and the moved bounds to how things stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from creditlake.contracts import Feed
from creditlake.watch.bounds import Move, moves_of
from creditlake.watch.case import Case
from creditlake.watch.deliveries import Delivered
from creditlake.watch.periods import is_estimated
from creditlake.watch.schemas import agreed_schema, last_schema, schema_findings
from creditlake.watch.silence import next_due, silence_findings
from creditlake.watch.standing import Standing
from creditlake.watch.volumes import last_volume, volume_findings
from creditlake.workdays import load_calendar


def standings(
    delivered: Iterable[Delivered], feeds: Mapping[str, Feed], moves: Sequence[Move], as_of: date
) -> list[Standing]:
    """Return how every declared dataset stands at a business date, in the order of feeds and datasets.

    Args:
        delivered: What the agencies delivered, in the order of receipt; what is of a later day does not count.
    """
    came = [one for one in delivered if one.day <= as_of]
    began = min((one.day for one in came), default=None)
    return [_standing(case) for case in _cases(came, feeds, moves, began, as_of)]


def _cases(
    came: Sequence[Delivered], feeds: Mapping[str, Feed], moves: Sequence[Move], began: date | None, as_of: date
) -> Iterable[Case]:
    for feed in feeds.values():
        for dataset in feed.datasets:
            own = [one for one in came if (one.feed, one.dataset) == (feed.name, dataset.name)]
            yield Case(
                feed=feed,
                dataset=dataset,
                came=tuple(one for one in own if not one.refusal),
                refused=tuple(one for one in own if one.refusal),
                began=began,
                moves=tuple(moves_of(moves, feed.name, dataset.name)),
                calendar=load_calendar(),
                as_of=as_of,
            )


def _standing(case: Case) -> Standing:
    due = next_due(case)
    return Standing(
        feed=case.feed.name,
        dataset=case.dataset.name,
        owner=case.owner,
        rhythm=case.dataset.watch.rhythm,
        basis=case.dataset.watch.basis,
        last=max((one.day for one in case.came), default=None),
        next_due=due,
        is_estimate=due is not None and is_estimated(due, case.calendar),
        volume=last_volume(case),
        schema=last_schema(case),
        agreed_schema=agreed_schema(case),
        findings=(*silence_findings(case), *volume_findings(case), *schema_findings(case)),
        moves=case.moves,
    )
