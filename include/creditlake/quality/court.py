"""All that judging the batches of one dataset needs and that does not change from batch to batch.

Building GX's context, its expectations and their conditions costs more than judging a small batch, so it is done once
a dataset and process. GX's metric ``<map metric>.condition`` is asked for every expectation: from the same condition
GX counts (``<map metric>.unexpected_count``) and the quarantine is compiled (``compiled.py``).
``get_metric_kwargs`` and ``MetricsCalculator`` are not public in GX: its version is pinned and the tests pin the use.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from creditlake.contracts import Dataset
from creditlake.quality.normalise import identifier
from creditlake.quality.suite import Rule, Suite, load_suite
from creditlake.quality.view import day_column, repeats_name, view_name
from creditlake.workdays import load_calendar, working_days_sql

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
logging.getLogger("great_expectations").setLevel(logging.WARNING)

import great_expectations as gx  # noqa: E402 - its settings come first
from great_expectations.expectations.registry import get_expectation_impl, get_metric_kwargs  # noqa: E402
from great_expectations.validator.metric_configuration import MetricConfiguration  # noqa: E402
from great_expectations.validator.metrics_calculator import MetricsCalculator  # noqa: E402

from creditlake.quality import expectations as _expectations  # noqa: E402, F401 - registers them in GX
from creditlake.quality import gx_duckdb as _gx_duckdb  # noqa: E402, F401 - so is the datasource

ROW_COUNT = "table.row_count"
NEWEST = "column.max"
_SETTINGS = ("set timezone = 'UTC'", "set enable_external_file_cache = false")
"""DuckDB's cache of files goes by path and second: a file written again within it would be read as it was."""
_NULLS = "column_values.nonnull.unexpected_count"
_IN_SCOPE = "column_values.creditlake_out_of_scope.unexpected_count"


@dataclass(frozen=True, slots=True)
class Expected:
    """One rule as GX judges it.

    Attributes:
        expectation: The GX expectation.
        failing_sql: True for a row of the view that breaks it.
        failed: The metric that counts such rows.
        aside: The metric from which the judged rows follow; None where all rows are judged.
        aside_is_scope: Whether ``aside`` counts the judged rows; else it counts those left out.
    """

    rule: Rule
    expectation: Any
    failing_sql: str
    failed: MetricConfiguration
    aside: MetricConfiguration | None
    aside_is_scope: bool


@dataclass(frozen=True, slots=True)
class Hearing:
    """A suite's expectations on the dataset's view, ready to be counted.

    Attributes:
        prepared: The metrics that do not depend on the rows: columns, conditions, aggregate expressions.
        counted: The metrics that do, by GX in one query.
    """

    expected: tuple[Expected, ...]
    prepared: Mapping[Any, Any]
    counted: tuple[MetricConfiguration, ...]
    row_count: MetricConfiguration
    newest: MetricConfiguration | None


@dataclass(slots=True)
class Court:
    """Judges the batches of one dataset, one after the other; not for several threads."""

    suite: Suite
    engine: Any
    connection: duckdb.DuckDBPyConnection
    _hearing: Hearing | None = field(default=None)

    @property
    def dataset(self) -> Dataset:
        """The dataset whose batches are judged."""
        return self.suite.dataset

    def hearing(self) -> Hearing:
        """Return the expectations on the view, which must be there; prepared with the first batch."""
        if self._hearing is None:
            self._hearing = _prepare(self)
        return self._hearing

    def count(self) -> dict[Any, Any]:
        """Have GX count the failing rows of every rule over the view as it is now; by metric id."""
        hearing = self.hearing()
        counts: dict[Any, Any] = self.engine.resolve_metrics(list(hearing.counted), dict(hearing.prepared))
        return counts


@cache
def court_of(dataset: Dataset, folder: Path | None = None) -> Court:
    """Return the court of a dataset by its own suite, that of ``folder`` when given; built once a process."""
    return open_court(load_suite(dataset, folder))


def open_court(suite: Suite) -> Court:
    """Return a court for a suite."""
    engine, connection = _engine()
    connection.execute(
        f"create or replace table {repeats_name(suite.dataset)}"
        " (_source_row bigint, is_repeat boolean, is_conflict boolean)"
    )
    return Court(suite, engine, connection)


@cache
def _datasource() -> Any:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context.data_sources.add_creditlake_duck_db("batches")


@cache
def _engine() -> tuple[Any, duckdb.DuckDBPyConnection]:
    engine = _datasource().get_execution_engine()
    with engine.get_connection() as connection:
        raw = connection.connection.driver_connection
    raw = getattr(raw, "c", raw)
    for statement in (*_SETTINGS, *working_days_sql(load_calendar())):
        raw.execute(statement)
    return engine, raw


def _prepare(court: Court) -> Hearing:
    batch_id = _batch_id(court)
    pairs = [(rule, get_expectation_impl(rule.type)(**rule.arguments)) for rule in court.suite.rules]
    conditions = [_metric(expectation, "condition", batch_id) for _, expectation in pairs]
    counts = [_metric(expectation, "unexpected_count", batch_id) for _, expectation in pairs]
    asides = [_aside(rule, expectation, batch_id) for rule, expectation in pairs]
    row_count = MetricConfiguration(ROW_COUNT, _domain(batch_id), {})
    newest = _newest(court.suite, batch_id)
    counted = [*counts, *(metric for metric, _ in asides if metric), row_count, *([newest] if newest else [])]
    prepared = _resolve_partials(court.engine, [*conditions, *counted])
    return Hearing(
        expected=tuple(
            Expected(rule, expectation, _sql(court.engine, prepared[condition.id][0]), count, *aside)
            for (rule, expectation), condition, count, aside in zip(pairs, conditions, counts, asides, strict=True)
        ),
        prepared=prepared,
        counted=tuple({metric.id: metric for metric in counted}.values()),
        row_count=row_count,
        newest=newest,
    )


def _batch_id(court: Court) -> str:
    """Tell GX of the view as a batch of its own; what the view shows may change, the batch stays."""
    source, view = _datasource(), view_name(court.dataset)
    asset = source.add_table_asset(f"{view}_{len(source.assets)}", table_name=view)
    batch = asset.add_batch_definition_whole_table("whole").get_batch()
    court.engine.batch_manager.load_batch_list([batch])
    return str(batch.id)


def _metric(expectation: Any, part: str, batch_id: str) -> MetricConfiguration:
    name = f"{expectation.map_metric}.{part}"
    kwargs = get_metric_kwargs(metric_name=name, configuration=expectation.configuration, runtime_configuration={})
    return MetricConfiguration(
        name, {**kwargs["metric_domain_kwargs"], "batch_id": batch_id}, kwargs["metric_value_kwargs"]
    )


def _aside(rule: Rule, expectation: Any, batch_id: str) -> tuple[MetricConfiguration | None, bool]:
    """Return the metric from which the rows a rule judged follow, and whether it counts these or the others."""
    column = rule.arguments["column"]
    domain = _domain(batch_id, column)
    if "where" in rule.arguments:  # counted by row, whatever the column: rules of one scope share the count
        return MetricConfiguration(
            _IN_SCOPE, _domain(batch_id, "_source_row"), {"scope": rule.arguments["where"]}
        ), True
    if "sql" in rule.arguments and column != "_source_row":
        scope = f"{identifier(column)} is not null and ({rule.arguments['sql']}) is not null"
        return MetricConfiguration(_IN_SCOPE, domain, {"scope": scope}), True
    if expectation.map_metric == "column_values.nonnull" or column == "_source_row":
        return None, False
    return MetricConfiguration(_NULLS, domain, {}), False


def _domain(batch_id: str, column: str | None = None) -> dict[str, Any]:
    """The view, written as the expectations' own metrics write it: what has one domain is one query."""
    whole = {"batch_id": batch_id, "table": None, "row_condition": None, "condition_parser": None}
    return {**whole, "column": column} if column else whole


def _newest(suite: Suite, batch_id: str) -> MetricConfiguration | None:
    document_date = suite.dataset.document_date
    if suite.fresh_within_days is None or document_date is None:
        return None
    return MetricConfiguration(NEWEST, _domain(batch_id, day_column(document_date)), {})


def _resolve_partials(engine: Any, metrics: Sequence[MetricConfiguration]) -> dict[Any, Any]:
    """Resolve what the counts are made of, without a query over the rows; sets the metrics' dependencies."""
    calculator = MetricsCalculator(engine, show_progress_bars=False)
    calculator.build_metric_dependency_graph(list(metrics))
    parts = [part for metric in metrics for part in (metric.metric_dependencies or {}).values()]
    conditions = [metric for metric in metrics if metric.metric_name.endswith(".condition")]
    resolved: dict[Any, Any]
    resolved, aborted = calculator.compute_metrics([*conditions, *parts])
    if aborted:
        causes = sorted({str(info["exception_info"].exception_message) for info in aborted.values()})
        raise ValueError(f"GX cannot prepare {sorted({key[0] for key in aborted})}: {causes}")
    return resolved


def _sql(engine: Any, condition: Any) -> str:
    return str(condition.compile(engine.engine, compile_kwargs={"literal_binds": True}))
