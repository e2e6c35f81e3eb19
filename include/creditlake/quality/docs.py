"""The data docs: a site complete offline, in Chinese, one page a batch, one a suite, and an index.

Made from the validation results Great Expectations wrote, by our own template (docs/decisions/0012): no script or
style from elsewhere, no Great Expectations import, so a new batch costs a page and not five seconds.
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from creditlake.contracts import all_datasets
from creditlake.lake import LakePaths
from creditlake.quality.docs_index import index_page
from creditlake.quality.docs_model import load_batches
from creditlake.quality.docs_pages import batch_page
from creditlake.quality.docs_suites import suite_page
from creditlake.quality.suite import load_suite

STATIC = ("docs.css", "docs.js")
PAGES = ("batches", "suites")


def build_docs(paths: LakePaths) -> Path:
    """Bring the data docs up to date and return their index page.

    Only pages that are missing or differ are written; pages of batches the ledger no longer names are removed.

    Raises:
        FileNotFoundError: there is no lake, or a feed has no suite.
    """
    batches = load_batches(paths)
    pages = {batch.path: batch_page(batch) for batch in batches}
    for dataset in all_datasets():
        own = [batch for batch in batches if batch.dataset == dataset]
        pages[f"suites/{dataset.feed}.{dataset.name}.html"] = suite_page(load_suite(dataset), own)
    pages |= {f"static/{name}": files(__package__).joinpath("static", name).read_text("utf-8") for name in STATIC}
    pages["index.html"] = index_page(batches)
    for name, text in pages.items():
        _write(paths.docs / name, text)
    _sweep(paths.docs, set(pages))
    return paths.docs / "index.html"


def _write(page: Path, text: str) -> None:
    content = text.encode()
    if page.exists() and page.read_bytes() == content:
        return
    page.parent.mkdir(parents=True, exist_ok=True)
    partial = page.with_suffix(".partial")
    partial.write_bytes(content)
    os.replace(partial, page)


def _sweep(site: Path, wanted: set[str]) -> None:
    for folder in PAGES:
        for page in (site / folder).rglob("*"):
            if page.is_file() and page.relative_to(site).as_posix() not in wanted:
                page.unlink()
