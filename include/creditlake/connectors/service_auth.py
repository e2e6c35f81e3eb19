"""How requests to a service say who asks. Nothing here is logged, and no reason quotes a secret.

A token endpoint's token is kept in memory only. The signature's canonical text is ours to document, for the services
that we and they agree on (``canonical``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import msgspec

from creditlake.connectors.endpoint import Endpoint
from creditlake.connectors.service_calls import Ask, Calls, NoData, Refused, Reply, SignIn, base_of
from creditlake.connectors.service_spec import Auth, Basic, Bearer, NoAuth, Signed, TokenEndpoint

_USED = 0.9
"""The share of a token's life after which it is renewed."""


def sign_in(auth: Auth, endpoint: Endpoint, calls: Calls) -> SignIn:
    """Return how a connection signs in.

    Raises:
        Refused: the connection lacks what that takes.
    """
    match auth:
        case NoAuth():
            return _Lasting({})
        case Basic():
            pair = f"{_needed(endpoint, 'login')}:{_needed(endpoint, 'password')}"
            return _Lasting({"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"})
        case Bearer():
            return _Lasting(_token_header(auth.header, endpoint.extra.get("token") or _needed(endpoint, "password")))
        case TokenEndpoint():
            return _Bought(auth, endpoint, calls)
        case Signed():
            return _Signing(_sendable(_needed(endpoint, "login")), _needed(endpoint, "password"))


def canonical(ask: Ask, timestamp: str, nonce: str) -> str:
    """Return the text that is signed: six lines, joined by a newline.

    Method in capitals; path as it is sent; query with its pairs sorted by name and then value, each percent-encoded
    by RFC 3986, joined by ``&``; seconds since 1970; nonce; SHA-256 of the body in lower-case hex. The headers
    ``X-App-Id`` (the login), ``X-Timestamp``, ``X-Nonce`` and ``X-Signature`` (HMAC-SHA256 under the password,
    lower-case hex) go with it.
    """
    parts = urlsplit(ask.url)
    pairs = sorted(parse_qsl(parts.query, keep_blank_values=True))
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    return "\n".join(
        (ask.method.upper(), parts.path or "/", query, timestamp, nonce, hashlib.sha256(ask.body).hexdigest())
    )


class _Lasting:
    """The same headers with every request."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def headers(self, ask: Ask) -> Mapping[str, str]:
        return self._headers

    def renew(self) -> bool:
        return False


class _Bought:
    """A token that is fetched when the first request needs it, near its end, and at a 401."""

    def __init__(self, auth: TokenEndpoint, endpoint: Endpoint, calls: Calls) -> None:
        self._auth = auth
        self._calls = calls
        self._header: Mapping[str, str] = {}
        self._end: float | None = None
        said = {auth.login: _needed(endpoint, "login"), auth.password: _needed(endpoint, "password")}
        body = urlencode(said).encode() if auth.form else msgspec.json.encode(said)
        self._ask = Ask("POST", base_of(endpoint) + auth.path, body, auth.form)

    def headers(self, ask: Ask) -> Mapping[str, str]:
        if not self._header or (self._end is not None and time.monotonic() >= self._end):
            self._buy()
        return self._header

    def renew(self) -> bool:
        self._buy()
        return True

    def _buy(self) -> None:
        try:
            token, life = self._calls.fetch(self._ask, self._read)
        except Refused as problem:
            raise Refused(f"sign-in: {problem}") from None
        self._header = _token_header(self._auth.header, token)
        self._end = None if life is None else time.monotonic() + life * _USED

    def _read(self, reply: Reply) -> tuple[str, float | None]:
        try:
            document = msgspec.json.decode(reply.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise NoData(f"its answer to the sign-in is no JSON ({reply.what})") from None
        token, life = (_at(document, path) for path in (self._auth.token, self._auth.expires))
        if not isinstance(token, str) or not token:
            # final: who tries a wrong password again and again is locked out
            raise Refused(f"its answer to the sign-in has no {self._auth.token} ({reply.what}); is the password wrong?")
        if isinstance(life, str) and life.isdecimal():
            life = int(life)
        return token, float(life) if isinstance(life, int | float) and not isinstance(life, bool) else None


class _Signing:
    """A signature of its own for every request; a repeated one has a new moment and a new nonce."""

    def __init__(self, login: str, password: str) -> None:
        self._login = login
        self._key = password.encode()

    def headers(self, ask: Ask) -> Mapping[str, str]:
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        signature = hmac.new(self._key, canonical(ask, timestamp, nonce).encode(), hashlib.sha256).hexdigest()
        return {"X-App-Id": self._login, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature}

    def renew(self) -> bool:
        return False


def _needed(endpoint: Endpoint, name: str) -> str:
    found: str = getattr(endpoint, name)
    if not found:
        raise Refused(f"its connection has no {name}")
    return found


def _token_header(header: str, token: str) -> Mapping[str, str]:
    return {header: f"Bearer {_sendable(token)}" if header.lower() == "authorization" else _sendable(token)}


def _sendable(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise Refused("its connection or its sign-in holds a token or login that no header can carry")
    return text


def _at(document: Any, path: str) -> Any:
    for name in path.split("."):
        document = document.get(name) if isinstance(document, dict) else None
    return document
