"""The lists that name every feed: the datasets that the models read, and the codes that a release explains."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from creditlake.contracts import Feed
from creditlake.onboarding.plan import CannotPlan
from creditlake.onboarding.wiring import CODES, DATASETS, open_codes

_LINE = re.compile(r'^ +\["(\w+)", "\w+", .*\],$')


def with_words(root: Path, feed: Feed) -> dict[str, str]:
    """Return the shared lists with a new feed's words, by path from the project's folder.

    Raises:
        CannotPlan: a list is not as it is known.
    """
    with open(root / CODES, encoding="utf-8", newline="") as handle:
        codes = handle.read()
    datasets = (root / DATASETS).read_text(encoding="utf-8")
    return {DATASETS: _with_datasets(datasets, feed), CODES: _with_codes(codes, list(open_codes(root, feed)))}


def _with_datasets(macro: str, feed: Feed) -> str:
    """Return the list of datasets with the feed's among the others, in order of their names."""
    lines = macro.splitlines(keepends=True)
    listed = {place: found[1] for place, line in enumerate(lines) if (found := _LINE.match(line))}
    if not listed:
        raise CannotPlan(f"{DATASETS} has no list to add a line to")
    before = [place for place, name in listed.items() if name < feed.name]
    at = max(before) + 1 if before else min(listed)
    own = [f'        ["{feed.name}", "{dataset.name}", "\'{feed.publisher}\'"],\n' for dataset in feed.datasets]
    return "".join([*lines[:at], *own, *lines[at:]])


def _with_codes(seed: str, codes: list[tuple[str, str, str]]) -> str:
    """Return the code list with rows more, each behind the last one of its column."""
    lines = seed.splitlines(keepends=True)
    for column, code, title in codes:
        at = max((place for place, line in enumerate(lines) if line.startswith(f"{column},")), default=-1)
        if at < 0:
            raise CannotPlan(f"{CODES} has no row of {column} to stand behind")
        lines.insert(at + 1, _row(column, code, title))
    return "".join(lines)


def _row(*values: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([*values, "", "", "本项目拟定"])
    return out.getvalue()
