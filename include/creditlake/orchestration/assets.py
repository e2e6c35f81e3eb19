"""The assets by which DAGs wait for each other; the events of one business date carry its day as partition key."""

from __future__ import annotations

from airflow.sdk import Asset, AssetAlias, AssetAll

from creditlake.contracts import load_feeds

CUTOFF = Asset(name="feed_cutoff", uri="creditlake://feed_cutoff", group="build")
MARTS = Asset(name="marts", uri="creditlake://marts", group="build")
RELEASE = Asset(name="release", uri="creditlake://release", group="release")
DBT_MODELS = AssetAlias(name="dbt_models", group="dbt")


def validated(feed: str) -> Asset:
    """One feed's deliveries of a day are judged and in the lake."""
    return Asset(name=f"validated_{feed}", uri=f"creditlake://validated/{feed}", group="feeds")


def arrived() -> Asset:
    """All feeds of one day are in the lake, or the day's cut-off has come."""
    return AssetAll(*[validated(feed) for feed in load_feeds()]) | CUTOFF


def model(name: str) -> Asset:
    """One dbt model; its events say what each build made of it."""
    return Asset(name=f"dbt_{name}", uri=f"creditlake://dbt/{name}", group="dbt")
