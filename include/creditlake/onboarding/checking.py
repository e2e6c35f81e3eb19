"""The dry run of a feed: contract, suite and wiring."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from creditlake.contracts import FOLDER, Feed, load_feed
from creditlake.home import project_home
from creditlake.onboarding.contract import contract_problems, read_yaml
from creditlake.onboarding.wiring import SUITE, missing_parts, unfinished_parts


@dataclass(frozen=True, slots=True)
class Checked:
    """What a contract is worth.

    Attributes:
        feed: None where the contract has problems.
        root: The project it belongs to, with ``expectations/``.
        problems: Mistakes; with any of them nothing can be taken.
        open: What is still to do before the feed is wired.
    """

    root: Path
    feed: Feed | None = None
    problems: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @property
    def suites(self) -> Path:
        """The folder of its suite."""
        return self.root / "expectations"


def check_feed(contract: Path, scratch: Path) -> Checked:
    """Check one contract and all that belongs to it; ``scratch`` takes the empty batches its suite is tried on."""
    root = project_of(contract)
    problems = contract_problems(contract)
    if problems:
        return Checked(root, problems=tuple(f"contract {contract.name}: {problem}" for problem in problems))
    feed = load_feed(contract)
    wrong = _suite_problems(root, feed, scratch)
    if wrong:
        return Checked(root, feed, problems=tuple(f"suite {feed.name}.yml: {problem}" for problem in wrong))
    return Checked(root, feed, open=(*missing_parts(root, feed), *unfinished_parts(root, feed)))


def project_of(contract: Path) -> Path:
    """Return the project's home for a declared feed, else the nearest folder above that holds ``expectations/``."""
    if contract.resolve().parent == FOLDER.resolve():
        return project_home()
    above = (folder for folder in contract.resolve().parents if (folder / "expectations").is_dir())
    return next(above, None) or project_home()


def _suite_problems(root: Path, feed: Feed, scratch: Path) -> list[str]:
    path = root / SUITE.format(feed=feed.name)
    if not path.exists():
        return []
    try:
        document = read_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return [f"it is no YAML: {' '.join(str(error).split())}"]
    if not isinstance(document, dict) or not isinstance(document.get("datasets"), dict):
        return ["it has no datasets"]
    from creditlake.quality.trial import suite_problem

    judged = document["datasets"]
    problems = [f"unknown key {key!r}" for key in sorted(set(document) - {"name", "datasets"})]
    if document.get("name") != feed.name:
        problems.append(f"its name is {document.get('name')!r}, not {feed.name!r}")
    known = [dataset for dataset in feed.datasets if dataset.name in judged]
    strange = sorted(set(judged) - {dataset.name for dataset in known})
    problems += [f"the contract has no dataset {name!r}" for name in strange]
    tried = [suite_problem(dataset, root / "expectations", scratch) for dataset in known]
    return problems + [problem for problem in tried if problem]
