"""What ``feed check`` tells: the contract, what is still to do, and what would become of each sample."""

from __future__ import annotations

from collections.abc import Sequence

from creditlake.connectors.spec import FileStore
from creditlake.contracts import Feed
from creditlake.onboarding.samples import SAMPLE_ROWS, Tried
from creditlake.readers.header import Header
from creditlake.text import table


def told_of_feed(feed: Feed) -> str:
    """Return who delivers what, and when."""
    facts = (
        ("feed", f"{feed.name} {feed.title}"),
        ("publisher", feed.publisher),
        ("owner", feed.owner),
        ("legal basis", feed.legal_basis),
        ("schedule", feed.schedule),
        ("connector", f"{feed.connector.kind} {feed.connector.connection}".strip()),
    )
    datasets = [
        (d.name, d.title, len(d.columns), len(d.header_required), " + ".join("/".join(part) for part in d.key))
        for d in feed.datasets
    ]
    head = "\n".join(f"{label:<12} {text}" for label, text in facts)
    return f"{head}\n\n{table(('dataset', 'title', 'columns', 'required', 'key'), datasets)}"


def told_list(title: str, lines: Sequence[str]) -> str:
    """Return a title with its lines; empty without any."""
    return "\n".join([title, *(f"  {line}" for line in lines)]) if lines else ""


def told_of_pull(feed: Feed, dataset: str, file: str) -> str:
    """Return what was pulled as a dataset's sample; without a file nothing is there."""
    if isinstance(feed.connector, FileStore):
        what = f"{file}, the newest file of {dataset}, whole" if file else f"nothing, no file of {dataset} lies there"
    else:
        what = f"{file}, at most {SAMPLE_ROWS} rows" if file else f"nothing, {dataset} holds no row"
    return f"pulled from {feed.connector.connection}: {what}"


def told_of_sample(feed: Feed, tried: Tried) -> str:
    """Return what would become of one batch; no values, only numbers of rows."""
    lines = [f"sample {tried.name}: {feed.name}.{tried.dataset}, delivered {tried.delivered}"]
    if tried.is_later:
        return "\n".join([*lines, "  it is later than as-of and would be left for later; --as-of names another day"])
    lines += [f"  {line}" for line in _of_header(tried.header)]
    if tried.refused:
        lines.append(f"  refused      {tried.rows} rows: {tried.refused}")
    else:
        lines += [f"  accepted     {tried.accepted}", f"  quarantined  {tried.quarantined}"]
    if tried.broken:
        rows = [
            (one.rule_id, one.title, one.severity, one.rows, " ".join(map(str, one.first_rows)) or None)
            for one in tried.broken
        ]
        broken = table(("rule", "title", "severity", "rows", "first rows"), rows)
        lines += [f"    {line}" for line in broken.splitlines()]
    return "\n".join(lines)


def _of_header(header: Header | None) -> list[str]:
    if header is None:
        return ["header       none of the contract"]
    findings = (
        ("not in the contract", header.unknown),
        ("required and absent", header.absent),
        ("twice", header.repeated),
        ("without a name", [f"column {place}" for place in header.nameless]),
        ("optional and absent", header.left_out),
    )
    said = [f"{title}: {', '.join(names)}" for title, names in findings if names]
    first = f"header       {len(header.names)} columns of the contract"
    return [first, *(f"             {text}" for text in said)]
