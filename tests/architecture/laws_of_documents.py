"""What the documents promise, as functions of their text: each returns what is not so."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

DECISION_LINES = 40
PARTS = ("Context", "Decision", "Consequence")
FOLDERS = "include|dags|dbt_project|expectations|tests|docs|bench|scripts"


def make_targets(makefile: str) -> set[str]:
    """Return the targets that a Makefile declares phony: those meant for people."""
    return set(re.findall(r"[\w-]+", " ".join(re.findall(r"^\.PHONY:(.*)$", makefile, re.MULTILINE))))


def made(text: str) -> set[str]:
    """Return the targets that a document tells people to make."""
    return set(re.findall(r"(?:`|^|&& )make (\w+)", text, re.MULTILINE))


def commands_in(text: str) -> set[str]:
    """Return the commands of ``creditlake`` that a document names."""
    return set(re.findall(r"(?:`|bin/)creditlake ([a-z]+)\b", text))


def commands_of(help_text: str) -> set[str]:
    """Return the commands that the command line lists in its help."""
    return set(re.findall(r"^    ([a-z]+)\s", help_text.split("commands:", 1)[1], re.MULTILINE))


def missing_paths(document: Path, root: Path) -> list[str]:
    """Return the paths a document names, in code from the root and in links from itself, that do not exist.

    ``water`` is the feed of the examples; nobody declares it.
    """
    text = document.read_text(encoding="utf-8")
    named = {path: root / path for path in re.findall(rf"`((?:{FOLDERS})/[\w./-]*)`", text) if "water" not in path}
    named |= {path: document.parent / path for path in re.findall(r"\]\(([^)#:]+)\)", text)}
    return [path for path, place in named.items() if not place.exists()]


def bad_decisions(folder: Path) -> list[str]:
    """Return decision notes that are too long, lack a part, or share a number."""
    problems, numbers = [], set[str]()
    for path in sorted(folder.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        number = path.name[:4]
        if number in numbers:
            problems.append(f"{path.name}: number {number} comes twice")
        numbers.add(number)
        if len(text.splitlines()) > DECISION_LINES:
            problems.append(f"{path.name} is longer than {DECISION_LINES} lines")
        if not text.startswith(f"# {number} "):
            problems.append(f"{path.name} does not begin with its number")
        problems += [
            f"{path.name} has no {part}" for part in ("Context", "Decision", "Consequence") if part not in text
        ]
    return problems


def machine_traces(files: Collection[Path]) -> list[str]:
    """Return lines that name a place of the machine they were written on."""
    trace = re.compile(r"(?<![\w.])/(?:work|farm|root|home)/\w")
    return [
        f"{path.name}:{number}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if trace.search(line)
    ]
