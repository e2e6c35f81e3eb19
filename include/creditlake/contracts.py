"""The contracts of the feeds: what the lake must know about each upstream table before it reads one row.

One YAML file a feed in ``feeds/``; an unknown or missing key is a ``TypeError`` here, not a surprise later.
Source of the columns: the 2018 双公示 data standard and the agencies' own tables (docs/feeds.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from creditlake.connectors.spec import Connector, DropFolder, Pull, connector_of, pull_of
from creditlake.watch.spec import WATCH_NOTHING, Watch, watch_of

FOLDER = Path(__file__).parent / "feeds"
PROVIDED = "提供日期"
ENVELOPE = (PROVIDED, "前置库数据批次号", "前置库数据主键", "增删改标志")
"""The columns every dataset may carry beside its own (GB/T 39443: hand-over date, batch, key, i/u/d)."""

CORRECTION = ("_corrects_batch_id", "_corrects_row", "_failed_rules")
"""Columns of a corrected delivery: which quarantined row each row corrects, and the rules that one broke."""
WAIVER = ("_waived_rules", "_waived_by", "_waived_reason", "_waived_until")
"""Columns of a waiver's delivery, beside those of a correction (docs/decisions/0006)."""

NATURAL_PERSON = "自然人"
"""The category of a row about a natural person: it is validated and goes no further."""

DateForm = Literal["YYYY/MM/DD", "YYYY-MM-DD", "YYYYMMDD"]
Kind = Literal["text", "code", "date", "money", "person_name", "person_id"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column as the agency names it.

    Attributes:
        name: The agency's own column name.
        title: What people call it, in Chinese.
        kind: How its text is normalised and protected: ``code`` is folded to half-width upper case,
            ``person_id`` is a keyed hash from bronze on, ``person_name`` reaches no mart, and leaves the lake only
            where ``reported`` names it.
        optional: Whether a file may come without it.
    """

    name: str
    title: str
    kind: Kind = "text"
    optional: bool = False

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"column {self.name}: kind {self.kind!r} is none of {get_args(Kind)}")


@dataclass(frozen=True, slots=True)
class SubjectColumns:
    """Which columns say whom a row is about; None where the dataset has no such column."""

    uscc: str
    name: str | None = None
    org_code: str | None = None
    registration_no: str | None = None
    tax_no: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class RowBounds:
    """How many rows a batch has: below ``min`` it is refused, above ``max`` it warns."""

    min: int
    max: int


@dataclass(frozen=True, slots=True)
class Reporting:
    """How a dataset is handed up to the regional platform (docs/decisions/0014).

    Attributes:
        dates: How the platform's standard writes a day.
        person_names: The columns of kind ``person_name`` that the standard asks for; all others are left empty.
    """

    dates: DateForm
    person_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.dates not in get_args(DateForm):
            raise ValueError(f"reported: dates {self.dates!r} is none of {get_args(DateForm)}")

    @property
    def strftime(self) -> str:
        """The form of a day as strftime has it."""
        return self.dates.replace("YYYY", "%Y").replace("MM", "%m").replace("DD", "%d")


@dataclass(frozen=True, slots=True)
class Dataset:
    """One table of a feed.

    Attributes:
        key: What identifies one record: each part a tuple of columns of which the first that is not missing counts.
        document_date: The column from which the seven working days for reporting run; None where no law sets them.
        publisher_column: The column that names the publishing body; None means the feed's publisher.
        pull: Where its rows are, behind a connector that brings no whole files; None with one that does.
        reported: How it is handed up to the regional platform; None where it is not.
        watch: When its deliveries come and how much comes, and who is called when not.
        decides: Whether its rows are what people decide about identity: the review is worked into it (decision 0029).
    """

    feed: str
    name: str
    title: str
    key: tuple[tuple[str, ...], ...]
    subject: SubjectColumns
    rows: RowBounds
    columns: tuple[Column, ...]
    publisher: str
    document_date: str | None = None
    publisher_column: str | None = None
    pull: Pull | None = field(default=None, hash=False)
    reported: Reporting | None = None
    watch: Watch = WATCH_NOTHING
    decides: bool = False

    @property
    def table(self) -> str:
        """Name of the dataset's table in ``validated`` and ``quarantine``."""
        return f"{self.feed}_{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        """The dataset's own columns, then the envelope: the columns of its validated table."""
        return tuple(column.name for column in self.columns) + ENVELOPE

    @property
    def header_required(self) -> tuple[str, ...]:
        """Columns without which a file is refused."""
        return tuple(column.name for column in self.columns if not column.optional)

    def of_kind(self, kind: Kind) -> tuple[str, ...]:
        """Names of the columns of one kind."""
        return tuple(column.name for column in self.columns if column.kind == kind)


@dataclass(frozen=True, slots=True)
class Feed:
    """One agency's deliveries.

    Attributes:
        name: Short id; also the word in DAG, folder, table, model, suite and fixture.
        owner: Who in the data team chases this feed.
        schedule: Cron expression in the scheduler's time zone.
        connector: The way to its data.
    """

    name: str
    title: str
    publisher: str
    owner: str
    legal_basis: str
    schedule: str
    connector: Connector
    datasets: tuple[Dataset, ...]

    def dataset(self, name: str) -> Dataset:
        """Return the dataset of that name; KeyError names the feed."""
        for dataset in self.datasets:
            if dataset.name == name:
                return dataset
        raise KeyError(f"feed {self.name} declares no dataset {name!r}")


@cache
def load_feeds(folder: Path = FOLDER) -> dict[str, Feed]:
    """Return every declared feed by name, in the order of their names.

    Raises:
        TypeError, ValueError: a contract has an unknown, missing or contradictory entry; the message names the file.
    """
    return {path.stem: load_feed(path) for path in sorted(folder.glob("*.yml"))}


def load_feed(path: Path) -> Feed:
    """Return the feed that one contract declares, wherever it lies; raises as ``load_feeds``."""
    try:
        feed = _feed(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (TypeError, ValueError, KeyError) as error:
        raise type(error)(f"contract {path.name}: {error}") from error
    if feed.name != path.stem:
        raise ValueError(f"contract {path.name} declares the feed {feed.name!r}: the path is the name")
    return feed


def judged(feed: Feed) -> Feed:
    """Return a feed without what decides no number: the way to its data, when it comes and who chases it."""
    datasets = tuple(replace(dataset, pull=None, watch=WATCH_NOTHING) for dataset in feed.datasets)
    return replace(feed, owner="", schedule="", connector=DropFolder(), datasets=datasets)


def all_datasets(folder: Path = FOLDER) -> tuple[Dataset, ...]:
    """Every dataset of every declared feed, in order of feed and declaration."""
    return tuple(dataset for feed in load_feeds(folder).values() for dataset in feed.datasets)


def _feed(document: dict[str, Any]) -> Feed:
    datasets = document.pop("datasets")
    connector = connector_of(document.pop("connector"))
    made = tuple(_dataset(document, connector, name, entry) for name, entry in datasets.items())
    return Feed(**document, connector=connector, datasets=made)


def _dataset(feed: dict[str, Any], connector: Connector, name: str, entry: dict[str, Any]) -> Dataset:
    columns = tuple(Column(name=column, **{"title": column, **facts}) for column, facts in entry.pop("columns").items())
    key = tuple(tuple(part) if isinstance(part, list) else (part,) for part in entry.pop("key"))
    dataset = Dataset(
        feed=feed["name"],
        name=name,
        publisher=feed["publisher"],
        key=key,
        subject=SubjectColumns(**entry.pop("subject")),
        rows=RowBounds(**entry.pop("rows")),
        columns=columns,
        pull=_pull(connector, name, entry.pop("pull", None)),
        reported=_reporting(entry.pop("reported", None)),
        watch=watch_of(entry.pop("watch", None)),
        **entry,
    )
    used = {column for part in key for column in part} | {dataset.document_date, dataset.publisher_column} - {None}
    unknown = sorted(str(column) for column in used - set(dataset.column_names) - {None})
    if unknown:
        raise ValueError(f"dataset {name} uses columns it does not declare: {', '.join(unknown)}")
    names = dataset.reported.person_names if dataset.reported else ()
    if not set(names) <= set(dataset.of_kind("person_name")):
        raise ValueError(f"dataset {name} reports names of persons from columns that hold none: {', '.join(names)}")
    return dataset


def _pull(connector: Connector, dataset: str, entry: dict[str, Any] | None) -> Pull | None:
    try:
        return pull_of(connector, entry)
    except (TypeError, ValueError) as error:
        raise type(error)(f"dataset {dataset}, {error}") from error


def _reporting(entry: dict[str, Any] | None) -> Reporting | None:
    if entry is None:
        return None
    return Reporting(**entry | {"person_names": tuple(entry.get("person_names", ()))})
