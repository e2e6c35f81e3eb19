"""What the model says changed between two days that were released."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from tests.histories.facts import Key
from tests.histories.marts import Table, figures, profiles, record_row, subject_rows
from tests.histories.model import World

COMPARED = ("dataset", "record_type", "polarity", "severity", "occurred_date", "amount_yuan", "confiscated_yuan",
            "authority", "document_no", "visible_until", "match_method", "source_sha256", "source_row")  # fmt: skip
"""What a change of a record is a change of (docs/architecture.md): not the mark of an objection."""


TOLD = {"expiry", "repair", "revocation", "withdrawal", "ended"}
"""The ends that a release tells by name (docs/decisions/0025)."""


def changes(old: World | None, new: World, ids: Mapping[Key, str]) -> Table:
    """Which records, figures and register entries are added, changed or removed, by subject."""
    if old is None:
        return {}
    table: Table = {}
    before = {(one.subject, one.key): record_row(old, one) for one in old.records}
    after = {(one.subject, one.key): record_row(new, one) for one in new.records}
    gone = old.subjects.keys() - new.subjects.keys()
    table["base", old.day] = {"subjects_gone": len(gone)}
    for subject, key in before.keys() - after.keys():
        if subject in gone:
            continue  # who is in no mart any more is in this one neither; the manifest counts them
        why = _why(old, new, subject, key, before[subject, key]["visible_until"])
        cause = {"cause_code": why} if why else {}
        table[subject, "record", sha256(ids.get(key, "unseen").encode()).hexdigest()] = {
            "change_type": "removed",
            **cause,
        }
    for subject, key in after.keys() - before.keys():
        table[subject, "record", ids.get(key, key)] = {"change_type": "added"}
    for subject, key in before.keys() & after.keys():
        if any(before[subject, key][name] != after[subject, key][name] for name in COMPARED):
            table[subject, "record", ids.get(key, key)] = {"change_type": "changed"}
    return table | _figures(old, new)


def _moved(old: World, new: World, left: int, come_to: int) -> str:
    """Whether a merge moved a record, or one taken back: whom it left was merged, whom it came to stands alone."""
    was, now = (
        {one.subject: one for one in world.merges if one.kind == "合并" and not one.ended} for world in (old, new)
    )
    if left in now and now[left].number not in {one.number for one in was.values()}:
        return "merge"
    return "split" if come_to in was and come_to not in now else "identity"


def _why(old: World, new: World, subject: int, key: Key, until: object) -> str | None:
    """Why a record is no more a subject's: another's, or ended; None where more than one thing ended it."""
    if new.owners.get(key, subject) != subject and new.ends.get(key) == frozenset():
        return _moved(old, new, subject, new.owners[key])
    # what it was shown until is over, too, however it is told now
    is_over = isinstance(until, date) and until < new.day
    ends = new.ends.get(key, frozenset()) | ({"expiry"} if is_over else frozenset())
    return next(iter(ends)) if len(ends) == 1 and new.owners.get(key) == subject and ends <= TOLD else None


def _figures(old: World, new: World) -> Table:
    table: Table = {}
    before, after = profiles(old), profiles(new)
    entries = (dict(subject_rows(before)), dict(subject_rows(after)))
    for subject in after:
        if subject not in before:
            table[subject, "subject", "subject_id"] = {"change_type": "added"}
            continue
        for kind, was, now in (
            ("profile", figures(before[subject]), figures(after[subject])),
            ("subject", entries[0][subject], entries[1][subject]),
        ):
            for name in now.keys() - {"industry_section"}:
                if was[name] != now[name]:
                    table[subject, kind, name] = {"change_type": "changed"}
    return table
