"""The expectations of this domain, each written once as an SQL condition; the quarantine is compiled from the same.

All of them are column map expectations: GX then counts every rule of a suite in one query.
"""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import ColumnMapMetricProvider
from great_expectations.expectations.metrics.map_metric_provider.column_condition_partial import (
    column_condition_partial,
)

from creditlake.identity import identifiers
from creditlake.quality.normalise import identifier
from creditlake.quality.view import day_column


def _boolean(sql: str) -> sa.ColumnElement[bool]:
    return sa.literal_column(f"({sql})", sa.Boolean)


class _Uscc(ColumnMapMetricProvider):
    condition_metric_name = "column_values.creditlake_uscc"

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sql(self, column: Any, **_: Any) -> sa.ColumnElement[bool]:
        return _boolean(identifiers.uscc_sql(identifier(column.name)))


class ExpectColumnValuesToBeValidUscc(ColumnMapExpectation):
    """A unified social credit code: shape, class and check character (GB 32100-2015)."""

    map_metric: ClassVar[str] = "column_values.creditlake_uscc"
    args_keys: ClassVar[tuple[str, ...]] = ("column",)


class _EmbeddedOrgCode(ColumnMapMetricProvider):
    condition_metric_name = "column_values.creditlake_embedded_org_code"

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sql(self, column: Any, **_: Any) -> sa.ColumnElement[bool]:
        return _boolean(f"coalesce({identifiers.embedded_org_code_sql(identifier(column.name))}, true)")


class ExpectColumnUsccToHoldValidOrgCode(ColumnMapExpectation):
    """The organisation code inside a social credit code has the right check character (GB 11714-1997)."""

    map_metric: ClassVar[str] = "column_values.creditlake_embedded_org_code"
    args_keys: ClassVar[tuple[str, ...]] = ("column",)


class _OrgCode(ColumnMapMetricProvider):
    condition_metric_name = "column_values.creditlake_org_code"

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sql(self, column: Any, **_: Any) -> sa.ColumnElement[bool]:
        return _boolean(identifiers.org_code_sql(identifier(column.name)))


class ExpectColumnValuesToBeValidOrgCode(ColumnMapExpectation):
    """An organisation code with its check character (GB 11714-1997)."""

    map_metric: ClassVar[str] = "column_values.creditlake_org_code"
    args_keys: ClassVar[tuple[str, ...]] = ("column",)


class _RegistrationNo(ColumnMapMetricProvider):
    condition_metric_name = "column_values.creditlake_registration_no"

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sql(self, column: Any, **_: Any) -> sa.ColumnElement[bool]:
        return _boolean(identifiers.registration_no_sql(identifier(column.name)))


class ExpectColumnValuesToBeValidRegistrationNo(ColumnMapExpectation):
    """A 15-digit registration number with its check digit (GS 15-2006)."""

    map_metric: ClassVar[str] = "column_values.creditlake_registration_no"
    args_keys: ClassVar[tuple[str, ...]] = ("column",)


class _Day(ColumnMapMetricProvider):
    condition_metric_name = "column_values.creditlake_day"

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sql(self, column: Any, **_: Any) -> sa.ColumnElement[bool]:
        return _boolean(f"{identifier(day_column(column.name))} is not null")


class ExpectColumnValuesToBeDay(ColumnMapExpectation):
    """A day of the calendar, written YYYY-MM-DD, YYYY/MM/DD or YYYYMMDD; of the hand-over the time of day too."""

    map_metric: ClassVar[str] = "column_values.creditlake_day"
    args_keys: ClassVar[tuple[str, ...]] = ("column",)


class _RowSql(ColumnMapMetricProvider):
    condition_metric_name = "column_values.creditlake_row_sql"
    condition_value_keys = ("sql",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sql(self, column: Any, sql: str = "true", **_: Any) -> sa.ColumnElement[bool]:
        return _boolean(f"coalesce({sql}, true)")


class ExpectRowToSatisfy(ColumnMapExpectation):
    """A row whose ``column`` has a value satisfies ``sql``; where that is null the row is not judged."""

    sql: str
    map_metric: ClassVar[str] = "column_values.creditlake_row_sql"
    args_keys: ClassVar[tuple[str, ...]] = ("column", "sql")
    success_keys: ClassVar[tuple[str, ...]] = ("sql", "mostly")


class _GivenWhere(ColumnMapMetricProvider):
    condition_metric_name = "column_values.creditlake_given_where"
    condition_value_keys = ("where",)
    filter_column_isnull = False

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sql(self, column: Any, where: str = "true", **_: Any) -> sa.ColumnElement[bool]:
        return _boolean(f"{identifier(column.name)} is not null or not coalesce({where}, false)")


class ExpectColumnValuesToBeGivenWhere(ColumnMapExpectation):
    """A value is there in every row where ``where`` holds."""

    where: str
    map_metric: ClassVar[str] = "column_values.creditlake_given_where"
    args_keys: ClassVar[tuple[str, ...]] = ("column", "where")
    success_keys: ClassVar[tuple[str, ...]] = ("where", "mostly")


class _OutOfScope(ColumnMapMetricProvider):
    """Its unexpected rows are those in scope: how the rows a conditional rule judged are counted."""

    condition_metric_name = "column_values.creditlake_out_of_scope"
    condition_value_keys = ("scope",)
    filter_column_isnull = False

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sql(self, column: Any, scope: str = "true", **_: Any) -> sa.ColumnElement[bool]:
        return _boolean(f"not coalesce({scope}, false)")
