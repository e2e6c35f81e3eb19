"""Reading a suite: ``expectations/<feed>.yml`` as rules, checked against the feed's contract.

A group of a suite is one expectation type with its severity and basis; ``rules`` maps each rule (``<kind>.<column>``)
to its Chinese title, or to a mapping of title and that rule's own arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml

from creditlake.contracts import Dataset
from creditlake.home import project_home
from creditlake.quality.normalise import identifier
from creditlake.quality.verdict import Severity

KINDS = frozenset({
    "required", "enum", "length", "format", "check_digit", "inner_check_digit", "not_future", "order", "range",
    "fine_matches_text", "fine_unit", "late", "duplicate_row", "key_conflict", "shifted", "field_count",
    "catalogue",
})  # fmt: skip
"""The kinds of docs/architecture.md."""
_GIVEN, _GIVEN_WHERE = "expect_column_values_to_not_be_null", "expect_column_values_to_be_given_where"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule about single rows.

    Attributes:
        rule_id: ``<feed>.<dataset>.<kind>[.<column>]``.
        basis: The standard or article it rests on.
        type: The expectation's type in GX.
        arguments: The expectation's arguments; ``column`` is always among them.
    """

    rule_id: str
    title: str
    severity: Severity
    basis: str
    type: str
    arguments: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.severity not in get_args(Severity):
            raise ValueError(f"rule {self.rule_id}: severity {self.severity!r} is none of {get_args(Severity)}")


@dataclass(frozen=True, slots=True)
class Suite:
    """What a batch of one dataset must be.

    Attributes:
        derived: Columns the rules use beside those of the view: name to SQL.
        fresh_within_days: Days from the newest document date to the delivered date beyond which a batch is stale.
    """

    dataset: Dataset
    rules: tuple[Rule, ...]
    derived: Mapping[str, str] = field(default_factory=dict)
    fresh_within_days: int | None = None


@cache
def load_suite(dataset: Dataset, folder: Path | None = None) -> Suite:
    """Return the suite of a dataset.

    Raises:
        FileNotFoundError: the feed has no suite file.
        ValueError, TypeError: the file contradicts the contract or the kinds of rules; the message names it.
    """
    path = (folder or project_home() / "expectations") / f"{dataset.feed}.yml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        return parse_suite(dataset, **document["datasets"][dataset.name])
    except (KeyError, ValueError, TypeError) as error:
        raise ValueError(f"suite {path.name}, dataset {dataset.name}: {error}") from error


def parse_suite(
    dataset: Dataset,
    groups: list[dict[str, Any]],
    derived: Mapping[str, str] | None = None,
    fresh_within_days: int | None = None,
) -> Suite:
    """Return the suite that a document describes."""
    rules = tuple(rule for group in groups for rule in _rules(dataset, **group))
    ids = [rule.rule_id for rule in rules]
    twice = sorted({rule_id for rule_id in ids if ids.count(rule_id) > 1})
    if twice:
        raise ValueError(f"rules declared twice: {', '.join(twice)}")
    return Suite(dataset, rules, dict(derived or {}), fresh_within_days)


def _rules(
    dataset: Dataset,
    type: str,  # noqa: A002 - the word GX and the suites use
    severity: Severity,
    basis: str,
    rules: Mapping[str, str | dict[str, Any]],
    **shared: Any,
) -> Iterator[Rule]:
    for name, entry in rules.items():
        own = {"title": entry} if isinstance(entry, str) else dict(entry)
        kind, _, column = name.partition(".")
        arguments = {"column": column or "_source_row"} | shared | {key: own[key] for key in own if key != "title"}
        if kind not in KINDS:
            raise ValueError(f"rule {name}: {kind!r} is no kind of rule")
        if arguments["column"] not in (*dataset.column_names, "_source_row"):
            raise ValueError(f"rule {name}: the contract has no column {arguments['column']!r}")
        own_type = type
        if type == _GIVEN and (where := _must_be_given_where(dataset, arguments["column"])):
            own_type, arguments["where"] = _GIVEN_WHERE, where
        if kind == "late":  # a withdrawal has no deadline
            arguments["sql"] = f"case when not is_withdrawal then {arguments['sql']} end"
        yield Rule(f"{dataset.feed}.{dataset.name}.{name}", own["title"], severity, basis, own_type, arguments)


def _must_be_given_where(dataset: Dataset, column: str) -> str:
    """Return where a required value must be there; empty for everywhere.

    A withdrawal must say its record's key and no more (GB/T 39443); of a part of the key it may leave out what comes
    after the first column that has a value, because that one counts.
    """
    for part in dataset.key:
        if column in part:
            before = ", ".join(map(identifier, part[: part.index(column)]))
            return f"not is_withdrawal or coalesce({before}) is null" if before else ""
    return "not is_withdrawal"
