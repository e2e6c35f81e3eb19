"""Writing the files of a new feed: only new ones, and lines in the shared lists."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from creditlake.contracts import Feed, load_feed
from creditlake.onboarding.contract import contract_problems
from creditlake.onboarding.fixture import fixture_text
from creditlake.onboarding.generator import generator_text
from creditlake.onboarding.plan import CannotPlan, Plan, Wish, plan_of
from creditlake.onboarding.shared import with_words
from creditlake.onboarding.texts import contract_text, described_text, sources_text, staging_text, suite_text
from creditlake.onboarding.wiring import CONTRACT, STAGING, SUITE, own_files
from creditlake.readers import header_of
from creditlake.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Scaffolded:
    """What was written, by path from the project's folder, and what was guessed."""

    files: list[str]
    guesses: list[str]


def scaffold(root: Path, wish: Wish, sample: Path, scratch: Path) -> Scaffolded:
    """Write a feed's own files and its lines in the shared lists, from the header of a sample; no value is copied.

    Args:
        root: A checkout of the project.
        scratch: A folder for a transcoded copy and the contract on trial.

    Raises:
        CannotPlan: nothing was written; the message says why.
    """
    if not (root / "include" / "creditlake" / "feeds").is_dir():
        raise CannotPlan(f"{root} is no checkout of the project")
    try:
        plan = plan_of(header_of(sample, sample.name, scratch), wish)
    except Refusal as refusal:
        raise CannotPlan(f"the sample cannot be read ({refusal.code})") from refusal
    feed = _on_trial(wish, plan, scratch)
    shared = with_words(root, feed)
    files = _texts(feed, wish, plan)
    _refuse_existing(root, feed.name, files)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8", newline="") as handle:
            handle.write(text)
    for name, text in shared.items():
        partial = (root / name).with_suffix(".partial")
        with open(partial, "w", encoding="utf-8", newline="") as handle:
            handle.write(text)
        os.replace(partial, root / name)
    return Scaffolded([*files, *(f"{name} (only lines more)" for name in shared)], plan.guesses())


def _on_trial(wish: Wish, plan: Plan, scratch: Path) -> Feed:
    contract = scratch / f"{wish.name}.yml"
    contract.write_text(contract_text(wish, plan), encoding="utf-8")
    problems = contract_problems(contract)
    if problems:
        raise CannotPlan(problems[0])
    return load_feed(contract)


def _texts(feed: Feed, wish: Wish, plan: Plan) -> dict[str, str]:
    staging = STAGING.format(feed=feed.name)
    return {
        CONTRACT.format(feed=feed.name): contract_text(wish, plan),
        SUITE.format(feed=feed.name): suite_text(feed, plan),
        f"tests/fixtures/{feed.name}/{wish.dataset}.csv": fixture_text(feed.datasets[0], plan),
        f"{staging}stg_{feed.name}__{wish.dataset}.sql": staging_text(feed, plan),
        f"{staging}_sources.yml": sources_text(feed),
        f"{staging}_{feed.name}.yml": described_text(feed),
        f"include/creditlake/synthetic/feeds/{feed.name}.py": generator_text(feed, plan),
    }


def _refuse_existing(root: Path, feed: str, files: Iterable[str]) -> None:
    there = [path.relative_to(root).as_posix() for path in own_files(root, feed)]
    there += [name for name in files if (root / name).exists() and name not in there]
    if there:
        raise CannotPlan(f"{', '.join(there[:3])} is there already; a scaffold never overwrites")
