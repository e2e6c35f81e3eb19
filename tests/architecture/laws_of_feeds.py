"""Law L6 and the price of a new feed, as functions of a tree: each returns what breaks the law."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from creditlake.contracts import load_feeds
from creditlake.onboarding.wiring import missing_parts, own_files

from tests.architecture.tree import parse, plain_texts, python_files

SHARED_FOLDERS = ("include/creditlake", "dags", "dbt_project/models", "dbt_project/macros", "expectations")


def unwired(root: Path) -> list[str]:
    """L6: what a declared feed lacks: suite, staging model, generator module or fixture, by dataset."""
    return [problem for feed in load_feeds(_contracts(root)).values() for problem in missing_parts(root, feed)]


def _contracts(root: Path) -> Path:
    return root / "include" / "creditlake" / "feeds"


def shared_edit_points(root: Path) -> list[str]:
    """Files that list the feeds one by one, so that a new feed has to be added to them.

    Seeds do not count: what a feed's records mean is judgement, and judgement is data.
    """
    feeds = load_feeds(_contracts(root))
    own = {path for feed in feeds for path in own_files(root, feed)}
    files = [path for folder in SHARED_FOLDERS for path in (root / folder).rglob("*")]
    shared = [path for path in files if path.suffix in (".py", ".sql", ".yml") and path not in own]
    return sorted(path.relative_to(root).as_posix() for path in shared if _lists_feeds(path, feeds))


def _lists_feeds(path: Path, feeds: Collection[str]) -> bool:
    text = path.read_text(encoding="utf-8")
    return all(re.search(rf"(?<![a-z]){feed}(?![a-z])", text) for feed in feeds)


SAME_WORD = ("include/creditlake/cli.py", "identity")
"""The command ``bench identity`` is called like the feed of decisions, of which it knows nothing."""


def feeds_known_by_name(root: Path) -> list[str]:
    """Modules of the library, the generator left out, and DAG files that know a feed by its name."""
    feeds = load_feeds(_contracts(root))
    names = {name for f in feeds.values() for d in f.datasets for name in (f.name, d.table, f"{f.name}.{d.name}")}
    paths = python_files(root / "include" / "creditlake", root / "dags")
    return [
        f"{path.relative_to(root).as_posix()} knows {text!r}"
        for path in paths
        if "synthetic" not in path.parts
        for text in plain_texts(parse(path))
        if text in names and (path.relative_to(root).as_posix(), text) != SAME_WORD
    ]
