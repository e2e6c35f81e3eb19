"""The tree under judgement. Every law is a function of a folder, so that a test can give it a bad one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "include" / "creditlake"
DBT = ROOT / "dbt_project"
CODE_FOLDERS = ("include", "dags", "scripts", "bench", "tests")

_COMMENT = re.compile(r"\{#.*?#\}|/\*.*?\*/|--[^\n]*", re.DOTALL)


def python_files(*folders: Path) -> list[Path]:
    """Return the Python files under some folders, in order; what is not there yet has none."""
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def project_code() -> list[Path]:
    """Return all Python of the project, its tests too."""
    return python_files(*(ROOT / name for name in CODE_FOLDERS))


def parse(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported_modules(tree: ast.Module) -> Iterator[str]:
    """Yield every module a file imports, at its top or inside a function, with its full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def plain_texts(tree: ast.Module) -> Iterator[str]:
    """Yield the text constants of a file that are no docstrings, the literal parts of f-strings too."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


@dataclass(frozen=True, slots=True)
class Model:
    """One dbt model as its text says.

    Attributes:
        layer: staging, intermediate or marts.
        folder: The folder inside the layer: feed, topic or product.
        refs: The models and seeds it reads; a name ending in ``*`` is a prefix that Jinja completes.
        sources: Source and table; a table ending in ``*`` is completed by Jinja.
        sql: The text without comments.
    """

    path: Path
    layer: str
    folder: str
    refs: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    sql: str

    @property
    def name(self) -> str:
        """The model's name."""
        return self.path.stem


def without_comments(sql: str) -> str:
    """Return SQL without SQL and Jinja comments."""
    return _COMMENT.sub("", sql)


def refs_of(sql: str) -> tuple[str, ...]:
    """Return what ``ref()`` names in a text."""
    found = re.findall(r"""\bref\(\s*['"](\w+)['"]\s*(~)?""", sql)
    return tuple(name + ("*" if more else "") for name, more in found)


def models_of(project: Path) -> list[Model]:
    """Return the models of a dbt project, by path."""
    models = []
    for path in sorted((project / "models").rglob("*.sql")):
        parts = path.relative_to(project / "models").parts
        sql = without_comments(path.read_text(encoding="utf-8"))
        found = re.findall(r"""\bsource\(\s*['"](\w+)['"]\s*,\s*(?:['"](\w+)['"]\s*(~)?|[^)]*)\)?""", sql)
        sources = tuple((name, (table or "") + ("*" if more or not table else "")) for name, table, more in found)
        models.append(Model(path, parts[0], parts[1] if len(parts) > 2 else "", refs_of(sql), sources, sql))
    return models


def seeds_of(project: Path) -> set[str]:
    """Return the names of a dbt project's seeds."""
    return {path.stem for path in (project / "seeds").rglob("*.csv")}


def write_tree(root: Path, files: dict[str, str]) -> Path:
    """Write a small tree of files and return its root: the bad examples of the tests."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
