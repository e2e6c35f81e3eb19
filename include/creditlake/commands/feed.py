"""``feed check`` and ``feed new``: a feed before it is one."""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from creditlake.commands.connections import endpoint
from creditlake.commands.failure import Failed
from creditlake.commands.stopping import ending_at_ctrl_c
from creditlake.connectors.endpoint import SourceFailed
from creditlake.contracts import Feed
from creditlake.text import say


def feed_check(options: argparse.Namespace) -> int:
    """Check a contract and try samples; nothing is written but a scratch folder, which is removed."""
    from creditlake.onboarding.checking import check_feed
    from creditlake.onboarding.report import told_list, told_of_feed

    with tempfile.TemporaryDirectory(prefix="creditlake-check-") as folder:
        scratch = Path(folder)
        checked = check_feed(options.contract, scratch)
        said = [told_of_feed(checked.feed)] if checked.feed else []
        say("\n\n".join([*said, *filter(None, [told_list("wrong", checked.problems)])]))
        if checked.feed is None or checked.problems:
            raise Failed(f"{options.contract.name}: {len(checked.problems)} problems; no sample was read")
        as_of = options.as_of or datetime.now(UTC).astimezone().date()
        samples = options.sample or _pulled(checked.feed, as_of, scratch)
        refused = _try_samples(samples, checked.feed, as_of, checked.suites, scratch)
    if checked.open:
        say("\n" + told_list("to do", checked.open))
    if refused:
        raise Failed(f"of the samples, {refused} would be refused")
    if checked.open and options.strict:
        raise Failed(f"{checked.feed.name} is not wired: {len(checked.open)} things to do")
    return 0


def _pulled(feed: Feed, as_of: date, scratch: Path) -> list[Path]:
    """Pull a sample of every dataset from where the contract says it is; a feed that is dropped has none to pull."""
    from creditlake.onboarding.report import told_of_pull
    from creditlake.onboarding.samples import pull_samples

    try:
        with ending_at_ctrl_c():
            pulled = pull_samples(feed, as_of, endpoint, scratch / "pulled")
    except SourceFailed as error:
        raise Failed(f"no sample could be pulled: {error}") from error
    for dataset, file in pulled.items():
        say("\n" + told_of_pull(feed, dataset, file.name if file else ""))
    return [file for file in pulled.values() if file]


def _try_samples(samples: list[Path], feed: Feed, as_of: date, suites: Path, scratch: Path) -> int:
    """Tell what would become of each sample and return how many batches would be refused."""
    from creditlake.onboarding.report import told_of_sample
    from creditlake.onboarding.samples import try_sample

    refused = 0
    for number, sample in enumerate(samples):
        for tried in try_sample(sample, feed, as_of, suites, scratch / f"sample-{number}"):
            say("\n" + told_of_sample(feed, tried))
            refused += bool(tried.refused)
    return refused


def feed_new(options: argparse.Namespace) -> int:
    """Scaffold a feed from the header of a sample; no file that is there is touched, but for the shared word."""
    from creditlake.home import project_home
    from creditlake.onboarding.plan import CannotPlan, Wish
    from creditlake.onboarding.report import told_list
    from creditlake.onboarding.scaffold import scaffold

    wish = Wish(
        name=options.name,
        title=options.title,
        publisher=options.publisher,
        owner=options.owner,
        legal_basis=options.legal_basis,
        schedule=options.schedule,
        dataset=options.dataset,
        dataset_title=options.dataset_title or options.title,
        key=tuple(options.key or ()),
        uscc=options.uscc,
    )
    try:
        with tempfile.TemporaryDirectory(prefix="creditlake-new-") as folder:
            made = scaffold(project_home(), wish, options.sample, Path(folder))
    except CannotPlan as error:
        raise Failed(f"nothing was written: {error}") from error
    say(told_list("written", made.files))
    say("\n" + told_list("guessed from the column names; correct what is wrong", made.guesses))
    say(f"\nwhat is left to do: creditlake feed check {wish.name} --sample {options.sample}")
    return 0
