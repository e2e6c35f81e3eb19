"""The plain tests of columns as few test nodes: one for each relation that others read, one for each layer below.

A test costs dbt itself 15 to 30 ms, whatever it asks, and nine of ten tests are such plain ones. The project says them
column by column, as dbt has it; the node that runs says in its failure which relation and column broke, and how often
(docs/decisions/0026).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

NAME = "columns_hold"
TESTED = "tested"
"""What such a node says in its ``meta``: the ids of the relations that it tests."""
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
    """Put the plain column tests of a parsed project together; one with a setting of its own stays.

    A relation with an enforced contract is one that others read: its tests are a node of their own. The others are
    tested layer by layer. A project that does not have the macro ``columns_hold`` is left as it is.
    """
    macro = next((name for name in manifest.macros if name.endswith(f".{NAME}")), None)
    if macro is None:
        return
    plain: dict[str, list[Any]] = defaultdict(list)
    for node in manifest.nodes.values():
        if node.resource_type == "test" and _is_plain(node):
            plain[_group(manifest.nodes[node.attached_node])].append(node)
    for group, nodes in plain.items():
        for node in nodes:
            del manifest.nodes[node.unique_id]
        made = _together(group, sorted(nodes, key=lambda node: str(node.unique_id)), macro)
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


def _group(relation: Any) -> str:
    """The name of a relation that others read, else of its layer: seeds, or its first folder among the models."""
    if relation.config.contract.enforced:
        return str(relation.name)
    return "seeds" if relation.resource_type == "seed" else str(relation.fqn[1])


def _together(group: str, nodes: list[Any], macro: str) -> Any:
    """One node in place of several; the first of them lends it all that they have in common."""
    first = nodes[0]
    relations: dict[str, list[Any]] = defaultdict(list)
    for node in nodes:
        relations[node.attached_node].append(node)
    name = f"{NAME}_{group}"
    asked = ", ".join(_asked(relation, tests) for relation, tests in relations.items())
    return replace(
        first,
        name=name,
        alias=name,
        path=f"{name}.sql",
        unique_id=f"test.{first.package_name}.{name}",
        fqn=[*first.fqn[:-1], name],
        column_name=None,
        raw_code=f"{{{{ {NAME}([{asked}]) }}}}",
        config=replace(
            first.config, alias=None, fail_calc="coalesce(sum(broken_rows), 0)", meta={TESTED: list(relations)}
        ),
        unrendered_config={},
        test_metadata=replace(first.test_metadata, name=NAME, kwargs={}),
        refs=_once(ref for node in nodes for ref in node.refs),
        depends_on=replace(
            first.depends_on,
            macros=_once([macro, *(name for node in nodes for name in node.depends_on.macros)]),
            nodes=_once(name for node in nodes for name in node.depends_on.nodes),
        ),
    )


def _asked(relation: str, tests: list[Any]) -> str:
    """What is asked of one relation, as Jinja says it: read once, where dbt would render every argument by itself."""
    kinds: dict[str, list[str]] = {argument: [] for argument in _ARGUMENT.values()}
    for test in tests:
        own = {name: _said(value) for name, value in test.test_metadata.kwargs.items() if name != "model"}
        alone = (
            own.popitem()[1] if len(own) == 1 else "{" + ", ".join(f"{n!r}: {said}" for n, said in own.items()) + "}"
        )
        kinds[_ARGUMENT[test.test_metadata.name]].append(alone)
    listed = [f"{kind!r}: [{', '.join(said)}]" for kind, said in kinds.items()]
    model = _said(tests[0].test_metadata.kwargs["model"])
    return "{" + ", ".join([f"'name': {relation.rsplit('.', 1)[-1]!r}", f"'model': {model}", *listed]) + "}"


def _said(value: Any) -> str:
    """An argument of a test in Jinja: an expression where it is one (dbt leaves the braces out of ``ref(…)``)."""
    if isinstance(value, str) and value.startswith("{{"):
        return value.strip("{} ")
    if isinstance(value, str) and value.startswith("ref("):
        return value
    return repr(value)


def _once(items: Iterable[Any]) -> list[Any]:
    """The items in their order, each one time."""
    kept: list[Any] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept
