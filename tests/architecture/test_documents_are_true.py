"""The documents: what they name exists, and what exists is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from creditlake.cli import main

from tests.architecture import laws_of_documents as laws
from tests.architecture.tree import ROOT, write_tree

READMES = ("README.md", "README.zh.md")
DOCUMENTS = sorted([*(ROOT / name for name in READMES), *(ROOT / "docs").glob("*.md")])
TEXT_FOLDERS = ("include", "dags", "scripts", "bench", "dbt_project", "expectations", "docs", "tests", ".ci")
TEXT = {".py", ".sql", ".yml", ".yaml", ".md", ".toml", ".csv", ".css", ".js", ".html", ""}


def text_of(name: str) -> str:
    """Text of one document of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def project_texts() -> list[Path]:
    """Every text file of the project."""
    inside = [path for folder in TEXT_FOLDERS for path in (ROOT / folder).rglob("*")]
    files = [*inside, *ROOT.glob("*.*"), ROOT / "Makefile"]
    made = {"__pycache__", "target", "logs", "creditlake.egg-info"}
    return [p for p in files if p.is_file() and p.suffix in TEXT and not made & set(p.relative_to(ROOT).parts)]


@pytest.mark.parametrize("name", READMES)
def test_every_target_of_the_makefile_is_in_the_readme_and_every_one_named_there_exists(name: str) -> None:
    assert laws.made(text_of(name)) == laws.make_targets(text_of("Makefile"))


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_in_the_readme_and_every_one_named_there_exists(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    commands = laws.commands_of(capsys.readouterr().out)

    assert "run" in commands
    assert laws.commands_in(text_of(name)) == commands


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_a_document_names_exists(path: Path) -> None:
    assert laws.missing_paths(path, ROOT) == []


def test_a_decision_is_short_and_says_context_decision_and_consequence() -> None:
    assert laws.bad_decisions(ROOT / "docs" / "decisions") == []


def test_no_file_names_a_place_of_the_machine_it_was_written_on() -> None:
    assert len(project_texts()) > 100
    assert laws.machine_traces(project_texts()) == []


def test_a_wrong_document_is_found(tmp_path: Path) -> None:
    assert laws.made("run `make tests` or\nmake demo\n, or make do") == {"tests", "demo"}
    assert laws.make_targets("X := 1\n.PHONY: setup demo\nsetup:\n\ttrue\n") == {"setup", "demo"}
    named = "`creditlake fly --lake x`, creditlake turns, `.venv/bin/creditlake fsck`"
    assert laws.commands_in(named) == {"fly", "fsck"}
    document = write_tree(tmp_path, {"docs/a.md": "`dags/none.py`, [x](none.md), [a](a.md)"}) / "docs" / "a.md"
    assert laws.missing_paths(document, tmp_path) == ["dags/none.py", "none.md"]


def test_a_wrong_decision_is_found(tmp_path: Path) -> None:
    notes = {"0001-a.md": "# 0001 A\nContext Decision Consequence", "0001-b.md": "# 0002 B\nContext" + "\n" * 41}

    assert laws.bad_decisions(write_tree(tmp_path, notes)) == [
        "0001-b.md: number 0001 comes twice",
        "0001-b.md is longer than 40 lines",
        "0001-b.md does not begin with its number",
        "0001-b.md has no Decision",
        "0001-b.md has no Consequence",
    ]


def test_a_place_of_a_machine_is_found(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.md": "see " + "/".join(["", "home", "somebody"]) + "\nin network/home/x"})

    assert laws.machine_traces([tmp_path / "a.md"]) == ["a.md:1"]
