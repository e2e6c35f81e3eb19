"""A contract's words on a service: read strictly, and what cannot be proved complete cannot be said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml
from creditlake.connectors.service_spec import Limits, Numbered, Service, ServicePull, TokenEndpoint
from creditlake.connectors.spec import connector_of, pull_of

CONNECTOR = """
kind: http
connection: tax_api
auth: {kind: token, path: /oauth/token, login: appKey, password: appSecret, form: true}
limits: {read: 30s, pull: 1h, page: 20MiB, tries: 8}
"""
PULL = """
path: /v1/ratings
rows: data.list
paging: {kind: page, parameter: pageNo, size_parameter: pageSize, size: 500, total: data.total, echo: data.pageNo}
query: {status: 1}
ok: {code: 0}
changed: 更新时间
since: updatedSince
overlap: 2h
"""


def test_what_a_contract_says_is_what_is_done() -> None:
    connector = connector_of(yaml.safe_load(CONNECTOR))

    assert connector == Service(
        "http",
        "tax_api",
        TokenEndpoint("/oauth/token", "appKey", "appSecret", form=True),
        Limits(read=timedelta(seconds=30), pull=timedelta(hours=1), page=20 << 20, tries=8),
    )
    assert pull_of(connector, yaml.safe_load(PULL)) == ServicePull(
        "/v1/ratings",
        "data.list",
        Numbered("pageNo", 1, "pageSize", 500, "data.total", "", "data.pageNo"),
        {"status": 1},
        ok={"code": 0},
        changed="更新时间",
        since="updatedSince",
        overlap=timedelta(hours=2),
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"auth": {"kind": "kerberos"}}, "auth: .* is no mapping whose kind is one of none, basic, bearer"),
        ({"auth": {"kind": "basic", "password": "x"}}, "password"),
        ({"auth": "basic"}, "auth"),
        ({"limits": {"read": 30}}, "no span of time"),
        ({"limits": {"page": 1000}}, "no size"),
        ({"limits": "none"}, "no mapping"),
        ({"limits": {"tries": 0}}, "1 at least"),
        ({"limits": {"retries": 3}}, "retries"),
        ({"token": "secret"}, "token"),
    ],
)
def test_a_connector_that_says_something_unknown_is_wrong(change: dict[str, Any], reason: str) -> None:
    with pytest.raises((TypeError, ValueError), match=reason):
        connector_of({**yaml.safe_load(CONNECTOR), **change})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"path": "v1/ratings"}, "no path"),
        ({"paging": {"kind": "page"}}, "nobody knows that the last page came"),
        ({"paging": {"kind": "page", "pages": "data.pages"}}, "nobody knows that the last page came"),
        ({"paging": {"kind": "offset"}}, "paging: .* single, page, cursor, link"),
        ({"paging": {"kind": "cursor"}}, "next"),
        ({"paging": {"kind": "page", "total": "t", "size_parameter": "n"}}, "needs a size"),
        ({"since": ""}, "belong together"),
        ({"overlap": "0s"}, "an overlap of 1s or more"),
        ({"changed": "", "since": ""}, "an overlap of 1s or more belongs to since"),
        ({"method": "PUT"}, "method is one of"),
        ({"times": "excel"}, "times one of"),
        ({"method": "POST", "paging": {"kind": "link"}}, "links are followed by GET"),
        ({"column": {}}, "column"),
        ({"ok": 0}, "are mappings"),
        ({"rows": ""}, "lies inside of another place"),
        ({"rows": "data"}, "lies inside of another place"),
        ({"rows": "data.total.list"}, "lies inside of another place"),
        ({"ok": {"data": 1}}, "lies inside of another place"),
    ],
)
def test_a_pull_that_says_something_wrong_is_wrong(change: dict[str, Any], reason: str) -> None:
    with pytest.raises((TypeError, ValueError), match=reason):
        pull_of(connector_of(yaml.safe_load(CONNECTOR)), {**yaml.safe_load(PULL), **change})
