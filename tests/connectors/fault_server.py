"""An agency's service on loopback: pages of JSON in every way they come, and whatever can go wrong with them.

A real HTTP server in a thread of its own. What it does wrong is scripted: one word a request.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

LOGIN, PASSWORD = "city-bureau", "Mi-Ma-2026-secret"
STALL_SECONDS = 3.0
PERSON = "孙小红"
"""In every page of HTML: no reason may quote it."""
PATHS = ("/all", "/page", "/cursor", "/link", "/linked")
Row = dict[str, Any]
Faults = Callable[[int], str]


@dataclass(frozen=True)
class Seen:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What goes back."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Agency:
    """What the service holds and how it behaves.

    Attributes:
        rows: What it holds.
        page_size: Rows a page, whatever is asked for.
        faults: The word for each request of rows, counted from 0; empty for a request that goes well.
        auth: Who may read: ``none``, ``basic``, ``bearer``, ``token`` or ``signed``.
        token_lasts: For how many requests a token is good.
        elsewhere: The beginning of the addresses of next pages; empty for relative ones.
        changed: The field with a row's time of change, by which ``since`` and ``until`` choose.
        changes: Called before each request of rows with its number: the source may move.
    """

    def __init__(self, rows: list[Row], page_size: int = 4) -> None:
        self.rows = rows
        self.page_size = page_size
        self.faults: Faults = lambda number: ""
        self.changes: Callable[[int], None] = lambda number: None
        self.auth = "none"
        self.changed = "changed"
        self.token_lasts = 1_000_000
        self.elsewhere = ""
        self.retry_after = "0"
        self.seen: list[Seen] = []
        self.asked = 0
        self.sign_ins = 0
        self.token = ""
        self._uses = 0

    def answer(self, request: Seen, fault: str) -> Answer:
        """Answer a request of rows."""
        if fault == "expired":
            self.token = ""
        if request.path not in PATHS:
            return Answer(404, b"{}")
        if not self._may_read(request):
            return Answer(401, b'{"message":"who are you?"}')
        if fault in ("500", "503", "404", "302", "429"):
            headers = {"Location": "http://127.0.0.1:9/"} if fault == "302" else {}
            return Answer(int(fault), f"<html>{PERSON}</html>".encode(), headers)
        if fault.startswith("wait"):
            return Answer(429, b"{}", {"Retry-After": self.retry_after})
        if fault == "html":
            body = f"<html><body>系统维护中 {PERSON}</body></html>".encode()
            return Answer(200, body, {"Content-Type": "text/html"})
        answer = self._rows(request, {"duplicate": -1, "reordered": 1}.get(fault, 0))
        if fault == "cut":
            answer.body = answer.body[: len(answer.body) // 2]
        if fault == "envelope":
            answer.body = f'{{"code": 500, "message": "{PERSON}"}}'.encode()
        return answer

    def sign_in(self, request: Seen) -> Answer:
        """Sell a token."""
        said = json.loads(request.body) if request.body[:1] == b"{" else dict(parse_qsl(request.body.decode()))
        if (said.get("username"), said.get("password")) != (LOGIN, PASSWORD):
            return Answer(403, b"{}")
        self.sign_ins += 1
        self._uses = 0
        self.token = f"token-{self.sign_ins}"
        return Answer(200, json.dumps({"access_token": self.token, "expires_in": 3600}).encode())

    def _may_read(self, request: Seen) -> bool:
        said = request.headers.get("authorization", "")
        match self.auth:
            case "none":
                return True
            case "basic":
                return said == f"Basic {base64.b64encode(f'{LOGIN}:{PASSWORD}'.encode()).decode()}"
            case "bearer":
                return said == f"Bearer {PASSWORD}"
            case "token":
                self._uses += 1
                return bool(self.token) and said == f"Bearer {self.token}" and self._uses <= self.token_lasts
            case _:
                return _is_signed(request)

    def _rows(self, request: Seen, shift: int) -> Answer:
        asked = request.query if request.method == "GET" else json.loads(request.body)
        rows = [
            row for row in self.rows if asked.get("since", "") <= row.get(self.changed, "") < asked.get("until", "~")
        ]
        size, total = self.page_size, len(rows)
        last = max(0, -(-total // size) - 1)
        place = int(asked.get("page", asked.get("cursor", asked.get("at", "1")))) - 1
        shown = min(max(place + shift, 0), last) if shift else place
        part = rows[shown * size : (shown + 1) * size]
        following = place + 2 if place < last else None
        kept = {name: value for name, value in asked.items() if name in ("since", "until")}
        address = f"{self.elsewhere}{request.path}?" + "&".join(
            f"{name}={quote(str(value))}" for name, value in [*kept.items(), ("at", following)]
        )
        match request.path:
            case "/all":
                return _json(rows)
            case "/page":
                data = {"page": place + 1, "total": total, "pages": last + 1 if total else 0, "list": part}
                return _json({"code": 0, "data": data})
            case "/cursor":
                following_said = {} if request.query.get("omit") and following is None else {"next": following}
                return _json({"items": part, "more": following is not None, **following_said})
            case "/link":
                return _json({"items": part, "next": address if following else None})
            case "/linked":
                others = f'<{request.path}>; rel="first"'
                link = f'<{address}>; rel="next", {others}' if following else others
                return _json(part, {"Link": link, "X-Total-Count": str(total)})
        raise AssertionError(request.path)


class Rewriting(Agency):
    """An agency whose answers are rewritten."""

    def __init__(
        self, rows: list[Row], rewrite: Callable[[bytes], bytes], headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(rows)
        self.rewrite = rewrite
        self.headers = headers or {}

    def answer(self, request: Seen, fault: str) -> Answer:
        given = super().answer(request, fault)
        return Answer(given.status, self.rewrite(given.body), given.headers | self.headers)


def _json(document: Any, headers: dict[str, str] | None = None) -> Answer:
    return Answer(200, json.dumps(document, ensure_ascii=False).encode(), headers or {})


def _is_signed(request: Seen) -> bool:
    """Check a signature by the contract's own words (docs: method, path, query, time, nonce, hash of the body)."""
    query = "&".join(f"{quote(n, safe='')}={quote(v, safe='')}" for n, v in sorted(request.query.items()))
    said = request.headers
    text = f"{request.method}\n{request.path}\n{query}\n{said.get('x-timestamp')}\n{said.get('x-nonce')}\n"
    text += hashlib.sha256(request.body).hexdigest()
    wanted = hmac.new(PASSWORD.encode(), text.encode(), hashlib.sha256).hexdigest()
    return said.get("x-app-id") == LOGIN and hmac.compare_digest(said.get("x-signature", ""), wanted)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    agency: Agency
    released: threading.Event

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Seen(self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)
        self.agency.seen.append(request)
        if request.path == "/token":
            self._send(self.agency.sign_in(request))
            return
        number = self.agency.asked
        self.agency.asked += 1
        self.agency.changes(number)
        fault = self.agency.faults(number)
        if fault == "reset":
            self._reset()
        elif fault == "stall":
            self._send(self.agency.answer(request, ""), whole=False, pause=STALL_SECONDS)
        elif fault == "drip":
            self._drip(self.agency.answer(request, ""))
        elif fault == "truncated":
            self._send(self.agency.answer(request, ""), whole=False)
        else:
            self._send(self.agency.answer(request, fault))

    def _send(self, answer: Answer, whole: bool = True, pause: float = 0.0) -> None:
        with contextlib.suppress(OSError):
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body if whole else answer.body[: len(answer.body) // 2])
            if not whole:
                self.wfile.flush()
                self.released.wait(pause)
                self.close_connection = True

    def _drip(self, answer: Answer) -> None:
        """Never stand still and never come to an end."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer.body))
            for place in range(len(answer.body)):
                self.wfile.write(answer.body[place : place + 1])
                if self.released.wait(0.02):
                    return

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def shutdown_request(self, request: Any) -> None:
        """Close without saying good-bye, so that what was set to be reset is."""
        request.close()


@contextlib.contextmanager
def serving(agency: Agency, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve an agency on a free port of loopback; yield the port."""
    released = threading.Event()
    handler = type("Handler", (_Handler,), {"agency": agency, "released": released})
    with _Server(("127.0.0.1", 0), handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            released.set()
            server.shutdown()
            thread.join()
