"""The plain column tests run as few nodes: none is lost, and one with a setting of its own stays."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from creditlake.home import dbt_project
from creditlake.modelling.parsed import parsed
from jinja2.nativetypes import NativeEnvironment

SMALL = {
    "dbt_project.yml": "{name: small, version: '1.0.0', config-version: 2, profile: small}",
    "profiles.yml": "{small: {target: one, outputs: {one: {type: duckdb, path: ':memory:', threads: 1}}}}",
    "models/a.sql": "select 1 as n, 2 as m",
    "models/a.yml": """
models:
  - name: a
    columns:
      - {name: n, data_tests: [not_null, {not_null: {name: mild, config: {severity: warn}}}]}
      - {name: m, data_tests: [unique, {accepted_values: {arguments: {values: [2]}, config: {where: m > 0}}}]}
""",
}
ARGUMENTS = {
    "not_null": "filled",
    "unique": "distinct",
    "accepted_values": "listed",
    "relationships": "related",
    "unique_together": "together",
}


def declared(project: Path) -> Iterator[tuple[str, str, str]]:
    """Relation, test and column of every plain test that the project's files declare."""
    for path in sorted(path for folder in ("models", "seeds") for path in (project / folder).rglob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for entry in (*document.get("models", []), *document.get("seeds", [])):
            for column in entry.get("columns", []):
                for test in column.get("data_tests", []):
                    yield entry["name"], _name(test), column["name"]
            for test in entry.get("data_tests", []):
                yield entry["name"], _name(test), ", ".join(test[_name(test)]["arguments"]["columns"])


def _name(test: str | dict[str, Any]) -> str:
    return test if isinstance(test, str) else next(iter(test))


def grouped(manifest: Any) -> Iterator[tuple[str, str, str]]:
    """Relation, test and columns of every grouped test of a manifest, from the code that will run."""
    names = {"ref": str, "get_where_subquery": str, "columns_hold": lambda relations: relations}
    for node in manifest.nodes.values():
        if node.name.startswith("columns_hold_"):
            for relation in NativeEnvironment().from_string(node.raw_code).render(names):
                assert relation["model"] == relation["name"]
                for test, argument in ARGUMENTS.items():
                    for asked in relation[argument]:
                        yield relation["name"], test, _columns(asked)


def _columns(asked: str | list[str] | dict[str, Any]) -> str:
    if isinstance(asked, dict):
        return str(asked["column_name"])
    return asked if isinstance(asked, str) else ", ".join(asked)


def parse(project: Path, target: Path) -> Any:
    """The manifest that a build of the project works with."""
    folders = ["--project-dir", str(project), "--profiles-dir", str(project), "--target-path", str(target)]
    return parsed(project, target, [*folders, "--quiet", "--log-path", str(target)])


def test_every_declared_column_test_is_in_one_node(tmp_path: Path) -> None:
    manifest = parse(dbt_project(), tmp_path)

    every = list(declared(dbt_project()))
    assert len(every) > 300
    assert sorted(grouped(manifest)) == sorted(every)
    tests = [node for node in manifest.nodes.values() if getattr(node, "test_metadata", None)]
    models = [node for node in manifest.nodes.values() if node.resource_type == "model"]
    marts = {node.name for node in models if node.config.contract.enforced}
    assert len(marts) == 16
    assert {node.name.removeprefix("columns_hold_") for node in tests} == marts | {"seeds", "intermediate"}


def test_what_has_a_setting_of_its_own_stays_a_test_by_itself(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for name, text in SMALL.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    shutil.copytree(dbt_project() / "tests" / "generic", project / "tests" / "generic")
    (project / "macros").mkdir()
    shutil.copy(dbt_project() / "macros" / "columns_hold.sql", project / "macros")

    manifest = parse(project, tmp_path / "target")

    tests = {node.name for node in manifest.nodes.values() if node.resource_type == "test"}
    assert tests == {"columns_hold_a", "mild", "accepted_values_a_m__2"}
    assert set(grouped(manifest)) == {("a", "not_null", "n"), ("a", "unique", "m")}
