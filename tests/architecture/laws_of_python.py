"""Laws L4 and L11 and the sizes as functions of files: each returns what breaks the law."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.architecture.tree import imported_modules, parse, plain_texts, python_files, without_comments

OWNERS = {
    "airflow": ("orchestration/", "dags/"),
    "great_expectations": ("quality/",),
    "dbt": ("modelling/",),
    "splink": ("linkage/",),
    "duckdb_extensions": ("lake/",),
    "psycopg2": ("lake/", "connectors/dialect.py", "connectors/postgresql.py"),
    "pymysql": ("connectors/dialect.py", "connectors/mysql.py"),
    "creditlake.orchestration": ("orchestration/", "dags/", "commands/connections.py"),
}
"""Who alone may import what; places as seen from the library's folder, but for ``dags/``."""
NETWORK = frozenset(
    [
        "socket",
        "ssl",
        "urllib",
        "http",
        "requests",
        "httpx",
        "aiohttp",
        "ftplib",
        "smtplib",
        "poplib",
        "imaplib",
        "telnetlib",
        "xmlrpc",
        "boto3",
        "paramiko",
    ]
)
WAYS_OUT = {
    "httpx": ("connectors/service_calls.py",),
    "ssl": ("connectors/service_calls.py",),
    "paramiko": ("connectors/sftp.py",),
}
"""Where the library reaches a source by itself: one module a protocol."""
CLOCK_CALLS = frozenset({
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "time.localtime",
    "time.gmtime", "time.strftime", "time.ctime", "Timestamp.now", "Timestamp.today", "uuid.uuid1", "pendulum.now",
})  # fmt: skip
CLOCK_SQL = re.compile(r"\b(?:current_date|current_timestamp|now\(\)|today\(\)|localtimestamp|get_current_time)", re.I)
CLOCK_PLACES = ("cli.py", "commands/", "orchestration/", "connectors/service_auth.py")
"""The caller's side: where the day and the instant come into the library; and a signature, which says its moment."""
WAITING = frozenset({"time.monotonic", "time.sleep", "time.perf_counter", "time.process_time"})
WAITING_PLACES = (
    "lake/lease.py", "ingest.py", "orchestration/", "connectors/service_calls.py", "connectors/service_auth.py",
    "connectors/store.py", "commands/bench.py",
)  # fmt: skip
"""Waiting measures spans, not dates: the lease polls, a failed commit backs off, a service is asked again, a file must
stand still, a benchmark says how long it took."""
MODULE_LINES, FUNCTION_LINES, MODEL_LINES, MACRO_LINES = 300, 40, 120, 25


def wrong_imports(path: Path, place: str) -> list[str]:
    """L4: imports of a file that only others may have; ``place`` is its path below the library (or ``dags/…``)."""
    names = set(imported_modules(parse(path)))
    return [
        f"{place} imports {owned}"
        for owned, owners in OWNERS.items()
        if any(name == owned or name.startswith(f"{owned}.") for name in names) and not _within(place, owners)
    ]


def wrong_attachments(path: Path, place: str) -> list[str]:
    """L4: how the catalogue is attached, written down outside ``lake/``."""
    if _within(place, ("lake/",)):
        return []
    pattern = re.compile(r"^\s*attach\s|ducklake:|\bMETA_JOURNAL_MODE\b|\bDATA_INLINING_ROW_LIMIT\b", re.IGNORECASE)
    return [f"{place} attaches: {text[:40]!r}" for text in plain_texts(parse(path)) if pattern.search(text)]


def clocks(path: Path, place: str) -> list[str]:
    """L11: a file that asks what day or time it is, in Python or in SQL."""
    tree = parse(path)
    calls = [_dotted(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    told = [] if _within(place, CLOCK_PLACES) else [name for name in calls if name in CLOCK_CALLS]
    told += [] if _within(place, WAITING_PLACES) else [name for name in calls if name in WAITING]
    if any(name.split(".")[0] == "time" and name != "time" for name in imported_modules(tree)):
        told.append("from time import …")
    told += [text.strip()[:40] for text in plain_texts(tree) if CLOCK_SQL.search(text)]
    return [f"{place} reads a clock: {what}" for what in told]


def clocks_in_sql(project: Path) -> list[str]:
    """L11: a model, macro or test of a dbt project that asks what day it is."""
    files = sorted(path for part in ("models", "macros", "tests") for path in (project / part).rglob("*.sql"))
    words = re.compile(CLOCK_SQL.pattern + r"|run_started_at|modules\.datetime", re.IGNORECASE)
    return [p.name for p in files if words.search(without_comments(p.read_text(encoding="utf-8")))]


def network(path: Path, place: str) -> list[str]:
    """L11: a file that can reach the network; ``urllib.parse`` only writes addresses."""
    modules = [name for name in imported_modules(parse(path)) if not name.startswith("urllib.parse")]
    names = {name.split(".")[0] for name in modules}
    return [f"{place} imports {name}" for name in sorted(names & NETWORK) if not _within(place, WAYS_OUT.get(name, ()))]


def locales(path: Path, place: str) -> list[str]:
    """L11: a file whose result hangs on the locale: the module itself, or text read or written without an encoding."""
    tree = parse(path)
    problems = [f"{place} imports locale" for name in imported_modules(tree) if name == "locale"]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _opens_text(node) and not _names_encoding(node):
            problems.append(f"{place}:{node.lineno} reads or writes text without an encoding")
    return problems


def _names_encoding(call: ast.Call) -> bool:
    by_place = {"read_text": 0, "write_text": 1}.get(call.func.attr, 3) if isinstance(call.func, ast.Attribute) else 3
    return len(call.args) > by_place or "encoding" in {keyword.arg for keyword in call.keywords}


def _opens_text(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute) and call.func.attr in ("read_text", "write_text"):
        return True
    if not (isinstance(call.func, ast.Name) and call.func.id == "open"):
        return False
    given = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    return not any(isinstance(mode, ast.Constant) and "b" in str(mode.value) for mode in given)


def _dotted(node: ast.Attribute) -> str:
    return f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else (
        f"{node.value.attr}.{node.attr}" if isinstance(node.value, ast.Attribute) else node.attr
    )  # fmt: skip


def _within(place: str, owners: Iterable[str]) -> bool:
    return any(place == owner or (owner.endswith("/") and place.startswith(owner)) for owner in owners)


def decisions_in_dags(dags: Path) -> list[str]:
    """DAG files that decide: they say when and in what order, so there is no ``if``, ``match`` or ``try`` in them."""
    deciding = ast.If | ast.IfExp | ast.Match | ast.Try | ast.While
    return [
        f"{path.name}:{node.lineno} decides"
        for path in python_files(dags)
        for node in ast.walk(parse(path))
        if isinstance(node, deciding)
    ]


def work_at_import(dags: Path) -> list[str]:
    """DAG files that ask for anything while they are read: every parse would pay for it."""
    asking = {"get", "open", "connect", "read_text", "glob", "iterdir", "now", "today", "execute", "getenv", "run"}
    return [
        f"{path.name}:{call.lineno} works at import"
        for path in python_files(dags)
        for statement in parse(path).body
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
        for call in ast.walk(statement)
        if isinstance(call, ast.Call) and _last_name(call) in asking
    ]


def _last_name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def long_modules(paths: Iterable[Path]) -> list[str]:
    """Modules of more than 300 lines."""
    counted = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    return [f"{path.name}: {lines} lines" for path, lines in counted.items() if lines > MODULE_LINES]


def long_functions(paths: Iterable[Path]) -> list[str]:
    """Functions of more than 40 lines, decorators left out."""
    return [
        f"{path.name}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in paths
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]


def long_sql(project: Path) -> list[str]:
    """Models of more than 120 lines and macros of more than 25."""
    models = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in sorted((project / "models").rglob("*.sql"))}
    problems = [f"{path.name}: {lines} lines" for path, lines in models.items() if lines > MODEL_LINES]
    for path in sorted((project / "macros").rglob("*.sql")):
        problems += [f"{path.name} {name}: {n} lines" for name, n in _macros(path) if n > MACRO_LINES]
    return problems


def _macros(path: Path) -> Iterator[tuple[str, int]]:
    text = path.read_text(encoding="utf-8")
    for found in re.finditer(r"\{%-?\s*macro\s+(\w+).*?endmacro\s*-?%\}", text, re.DOTALL):
        yield found[1], found[0].count("\n") + 1


def places(library: Path, dags: Path) -> list[tuple[Path, str]]:
    """Every file of the library and of ``dags/`` with its place."""
    inside = [(path, path.relative_to(library).as_posix()) for path in python_files(library)]
    return inside + [(path, f"dags/{path.relative_to(dags).as_posix()}") for path in python_files(dags)]
