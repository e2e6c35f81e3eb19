"""The one shape in which every check reports: Great Expectations, dbt and the release alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One declared check and its result, as the manifest lists it.

    Attributes:
        kind: gx, dbt or release.
        severity: critical or warning.
        status: passed, failed or warned.
        evaluated: Rows judged.
        failed: Rows that broke it.
    """

    name: str
    kind: str
    severity: str
    status: str
    evaluated: int
    failed: int
