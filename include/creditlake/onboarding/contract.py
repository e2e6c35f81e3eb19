"""What is wrong with a contract, all of it at once; loading one stops at the first mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args

import yaml
from croniter import croniter

from creditlake.contracts import ENVELOPE, Column, Dataset, Feed, Kind, RowBounds, SubjectColumns, load_feed

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""A word that can stand in a folder, a table, a model and a module."""
SAID = ("title", "publisher", "owner", "legal_basis", "schedule")


class TwiceSaid(yaml.YAMLError):
    """A key stands twice in one mapping: plain YAML would silently keep the last."""


class _Loader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise TwiceSaid(f"line {node.start_mark.line + 1}: {twice[0]!r} stands twice")
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> Any:
    """Return a YAML file's content.

    Raises:
        yaml.YAMLError, UnicodeDecodeError: it is no YAML, or says a key twice.
    """
    return yaml.load(path.read_text(encoding="utf-8"), _Loader)


def contract_problems(path: Path) -> list[str]:
    """Return every mistake of a contract as a sentence; a contract without any can be loaded."""
    try:
        document = read_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return [f"it is no YAML: {' '.join(str(error).split())}"]
    if not isinstance(document, dict):
        return ["it is no mapping of keys"]
    problems = [*_feed_problems(document, path.stem), *_datasets_problems(document.get("datasets"))]
    if problems:
        return problems
    try:
        load_feed(path)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        return [str(error).removeprefix(f"contract {path.name}: ")]
    return []


def _feed_problems(document: Mapping[str, Any], stem: str) -> Iterator[str]:
    yield from _keys("the feed", document, Feed)
    for key in SAID:
        if key in document and not (isinstance(document[key], str) and document[key].strip()):
            yield f"the feed: {key} says nothing"
    name, schedule = document.get("name"), document.get("schedule")
    if name is not None and name != stem:
        yield f"it declares the feed {name!r} and is called {stem}.yml: the path is the name"
    elif name is not None and not NAME.fullmatch(name):
        yield f"the feed: the name {name!r} is no small word like water or social_security"
    if isinstance(schedule, str) and schedule.strip() and not croniter.is_valid(schedule):
        yield f"the feed: the schedule {schedule!r} is no cron expression like '30 2 * * *'"


def _keys(label: str, entry: Mapping[Any, Any], noun: type, given: tuple[str, ...] = ()) -> Iterator[str]:
    """Say which keys a noun does not have, and which it needs; ``given`` are those it takes from elsewhere."""
    own = [field for field in fields(noun) if field.name not in given]
    needed = [field.name for field in own if field.default is MISSING and field.default_factory is MISSING]
    for key in sorted({str(key) for key in entry} - {field.name for field in own}):
        yield f"{label}: unknown key {key!r}"
    for key in needed:
        if key not in entry:
            yield f"{label}: {key} is missing"


def _datasets_problems(datasets: Any) -> Iterator[str]:
    if datasets is None:
        return
    if not isinstance(datasets, dict) or not datasets:
        yield "the feed: datasets is no mapping of datasets"
        return
    for name, entry in datasets.items():
        label = f"dataset {name}"
        if not isinstance(name, str) or not NAME.fullmatch(name):
            yield f"{label}: the name is no small word like arrears"
        if not isinstance(entry, dict):
            yield f"{label}: it says nothing"
            continue
        yield from _keys(label, entry, Dataset, given=("feed", "name", "publisher"))
        yield from _column_problems(label, entry.get("columns"))
        yield from _rows_problems(label, entry.get("rows"))
        yield from _use_problems(label, entry)


def _column_problems(label: str, columns: Any) -> Iterator[str]:
    if not isinstance(columns, dict) or not columns:
        if columns is not None:
            yield f"{label}: columns is no mapping of columns"
        return
    for name, facts in columns.items():
        if not isinstance(name, str):
            yield f"{label}: the column {name!r} is no text; put it in quotes"
        elif not isinstance(facts, dict):
            yield f"{label}, column {name}: write {{}} where nothing more is said of it"
        else:
            yield from _keys(f"{label}, column {name}", {"title": name} | facts, Column, given=("name",))
            kind = facts.get("kind", "text")
            if kind not in get_args(Kind):
                yield f"{label}, column {name}: kind {kind!r} is none of {', '.join(get_args(Kind))}"
        if name in ENVELOPE:
            yield f"{label}, column {name}: every dataset has it by itself"


def _rows_problems(label: str, rows: Any) -> Iterator[str]:
    if not isinstance(rows, dict):
        if rows is not None:
            yield f"{label}: rows is no mapping like {{min: 1, max: 1000000}}"
        return
    problems = list(_keys(f"{label}, rows", rows, RowBounds))
    yield from problems
    if not problems and not all(type(bound) is int for bound in rows.values()):
        yield f"{label}, rows: min and max are whole numbers"
    elif not problems and not 0 <= rows["min"] <= rows["max"]:
        yield f"{label}, rows: {rows['min']} to {rows['max']} holds nothing"


def _use_problems(label: str, entry: Mapping[str, Any]) -> Iterator[str]:
    """Say which columns a dataset uses and does not declare."""
    columns = entry.get("columns")
    if not isinstance(columns, dict):
        return
    known = {*columns, *ENVELOPE}
    subject = entry.get("subject")
    if subject is not None and not isinstance(subject, dict):
        yield f"{label}: subject is no mapping like {{uscc: 统一社会信用代码}}"
    elif subject is not None:
        yield from _keys(f"{label}, subject", subject, SubjectColumns)
        for use, name in subject.items():
            if name not in known:
                yield f"{label}, subject: {use} is {name!r}, which is no column of it"
    key = entry.get("key")
    if key is not None and not (isinstance(key, list) and key):
        yield f"{label}: key is no list of columns"
    elif key is not None:
        parts = [name for part in key for name in (part if isinstance(part, list) else [part])]
        yield from (f"{label}, key: {name!r} is no column of it" for name in parts if name not in known)
    for use in ("document_date", "publisher_column"):
        name = entry.get(use)
        if name is not None and name not in known:
            yield f"{label}: {use} is {name!r}, which is no column of it"
    document = columns.get(entry.get("document_date"))
    if isinstance(document, dict) and document.get("kind") != "date":
        yield f"{label}: document_date is {entry['document_date']!r}, which is no date"
