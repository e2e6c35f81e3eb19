"""A new feed's module of the generator: it delivers rows of the population that are valid by the scaffolded suite."""

from __future__ import annotations

import json
from collections.abc import Iterable

from creditlake.contracts import Dataset, Feed
from creditlake.onboarding.plan import Plan
from creditlake.onboarding.wiring import OPEN


def generator_text(feed: Feed, plan: Plan) -> str:
    """Return the module; columns whose content only a person knows say 待填 in every row."""
    dataset = feed.datasets[0]
    stream = f"{feed.name}.{dataset.name}"
    columns = [f"{_text(c.name)}: {_column(c.name, c.kind, plan, stream)}," for c in plan.columns if c.kind != "date"]
    faults = [f"{call}," for call in _faults(plan)]
    return f'''"""{feed.title}：{dataset.title}, at most one record a subject.

{OPEN}: the rate and the content of the columns, by what is known of the agency's data.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

{_imports(columns, faults)}
CODE = {_text(plan.uscc)}
MONTHLY = 0.02


{_deliver_text(dataset, plan, columns)}

def _faults() -> tuple[Fault, ...]:
    return (
        {_lines(faults, 8)}
    )
'''


def _imports(columns: list[str], faults: list[str]) -> str:
    makers = {call.partition("(")[0].lstrip("*") for call in faults}
    texts = ("join", "numbers", "repeated", "yuan")
    used = {name for name in texts if any(f"{name}(" in line for line in (*columns, *faults))}
    return "".join(
        (
            _import("creditlake.synthetic.damage", {"Delivered"}),
            _import("creditlake.synthetic.events", {"Part", "codes_and_names", "happenings", "identities"}),
            _import("creditlake.synthetic.faults", {"Fault", *makers}),
            _import("creditlake.synthetic.rows", {"CHANGE", "UNKNOWN", "Rows", "enveloped", "in_file_order"}),
            _import("creditlake.synthetic.texts", used),
        )
    )


def _deliver_text(dataset: Dataset, plan: Plan, columns: list[str]) -> str:
    stream = f"{dataset.feed}.{dataset.name}"
    days = ", ".join(f"{_text(name)}: happened" for name in plan.of("date"))
    named = "days" if days else "{}"
    return f'''def deliver(part: Part) -> Iterator[Delivered]:
    """Yield the rows of one part of the city."""
    dice, window = part.dice, part.window
    events = happenings(part, "{stream}", np.full(len(part.city), MONTHLY), most=1)
    identity, subject = identities(part, "{stream}", events, {{UNKNOWN: 0.005}})
    code, {"name" if plan.name else "_"} = codes_and_names(part, identity, events)
    provided, {"happened" if days else "_"} = window.handed_over(dice, "{stream}", events.key, events.month)
    columns = {{
        {_lines(columns, 8)}
    }}
{f"    days = {{{days}}}{chr(10)}" if days else ""}    who = (events.month, subject, identity)
    rows = Rows("{dataset.feed}", "{dataset.name}", *who, columns, {named}, is_after_end=events.is_after_end)
    rows = in_file_order(enveloped(rows, window, provided, events.key))
    yield Delivered(rows, CODE, _faults(), role="plain")
'''


def _column(name: str, kind: str, plan: Plan, stream: str) -> str:
    if name == plan.uscc:
        return "code"
    if name == plan.name:
        return "name"
    if kind == "money":
        return f'yuan(dice.below("{stream}.{name}", events.key, 1_000_000))'
    if kind == "code" or name in plan.key:
        return 'join("HC", numbers(events.key))'
    return f"repeated({_text('' if kind.startswith('person') else OPEN)}, len(events))"


def _faults(plan: Plan) -> list[str]:
    kinds = {column.name: column.kind for column in plan.columns}
    code = [f"{name}(CODE)" for name in ("wrong_check_digit", "lower_case_code", "full_width_code")]
    calls = [f"*code_faults(CODE, {_text(plan.name)})"] if plan.name else code
    empty = [name for name in plan.required if name not in (plan.uscc, plan.name) and kinds[name] != "date"]
    calls += [f"missing_field({_text(name)})" for name in empty[:1]]
    calls += [f"future_date({_text(name)})" for name in plan.past_days[:1]]
    calls.append("duplicate_row()")
    if plan.free != plan.uscc and kinds[plan.free] in ("text", "code", "money"):
        changed = 'join("1", texts)' if kinds[plan.free] == "money" else 'join(texts, "2")'
        calls.append(f"key_conflict({_text(plan.free)}, lambda texts: {changed})")
    return [*calls, 'unknown_value(CHANGE, "x")']


def _import(module: str, names: Iterable[str]) -> str:
    listed = sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    if not listed:
        return ""
    line = f"from {module} import {', '.join(listed)}"
    if len(line) > 120:
        line = f"from {module} import (\n" + "".join(f"    {name},\n" for name in listed) + ")"
    return line + "\n"


def _lines(lines: Iterable[str], indent: int) -> str:
    return ("\n" + " " * indent).join(lines)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
