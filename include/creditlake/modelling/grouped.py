"""All plain tests of one relation's columns as one test node.

A test costs dbt itself 15 to 30 ms, whatever it asks, and nine of ten tests are such plain ones. The project says them
column by column, as dbt has it; the node that runs says in its failure which column broke and how often
(docs/decisions/0026).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

NAME = "columns_hold"
_ARGUMENT = {
    "not_null": "filled",
    "unique": "distinct",
    "accepted_values": "listed",
    "relationships": "related",
    "unique_together": "together",
}
"""Which argument of the one test takes the arguments of each kind of test."""
_GIVEN_BY_DBT = {"alias"}
"""What stands among the settings of a test though nobody set it: a shorter name for a long one."""


def group_column_tests(manifest: Any) -> None:
    """Put the plain column tests of each relation of a parsed project together; one with a setting of its own stays.

    A project that does not declare the generic test ``columns_hold`` is left as it is.
    """
    macro = next((name for name in manifest.macros if name.endswith(f".test_{NAME}")), None)
    if macro is None:
        return
    macros = [macro, *manifest.macros[macro].depends_on.macros]
    plain: dict[str, list[Any]] = defaultdict(list)
    for node in manifest.nodes.values():
        if node.resource_type == "test" and _is_plain(node):
            plain[node.attached_node].append(node)
    for relation, nodes in plain.items():
        for node in nodes:
            del manifest.nodes[node.unique_id]
        made = _together(relation, sorted(nodes, key=lambda node: str(node.unique_id)), macros)
        manifest.nodes[made.unique_id] = made
    manifest.build_parent_and_child_maps()
    manifest.build_flat_graph()


def is_grouped(unique_id: str) -> bool:
    """Return whether a node is such a test."""
    kind, _, name = unique_id.split(".", 2)
    return kind == "test" and name.startswith(f"{NAME}_")


def _is_plain(node: Any) -> bool:
    test = getattr(node, "test_metadata", None)
    known = test and test.namespace is None and test.name in _ARGUMENT
    return bool(known and node.attached_node and not node.unrendered_config.keys() - _GIVEN_BY_DBT)


def _together(relation: str, nodes: list[Any], macros: list[str]) -> Any:
    """One node in place of several; the first of them lends it all that they have in common."""
    first = nodes[0]
    arguments: dict[str, list[dict[str, Any]]] = {argument: [] for argument in _ARGUMENT.values()}
    for node in nodes:
        own = {name: value for name, value in node.test_metadata.kwargs.items() if name != "model"}
        arguments[_ARGUMENT[node.test_metadata.name]].append(own)
    name = f"{NAME}_{relation.rsplit('.', 1)[-1]}"
    return replace(
        first,
        name=name,
        alias=name,
        path=f"{name}.sql",
        unique_id=f"test.{first.package_name}.{name}",
        fqn=[*first.fqn[:-1], name],
        column_name=None,
        raw_code=f"{{{{ test_{NAME}(**_dbt_generic_test_kwargs) }}}}",
        config=replace(first.config, alias=None, fail_calc="coalesce(sum(broken_rows), 0)"),
        unrendered_config={},
        test_metadata=replace(
            first.test_metadata, name=NAME, kwargs={"model": first.test_metadata.kwargs["model"]} | arguments
        ),
        refs=_once(ref for node in nodes for ref in node.refs),
        depends_on=replace(
            first.depends_on,
            macros=_once([*macros, *(name for node in nodes for name in node.depends_on.macros)]),
            nodes=_once(name for node in nodes for name in node.depends_on.nodes),
        ),
    )


def _once(items: Iterable[Any]) -> list[Any]:
    """The items in their order, each one time."""
    kept: list[Any] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept
