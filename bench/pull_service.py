"""What it costs to pull a service: 10,000 pages of 100 rows, beside the server's own time for the same pages.

    python bench/pull_service.py --pages 10000 --out bench/results/pull_service_10000.json

The server is starlette under uvicorn in a process of its own, on loopback: it makes every row anew (the 31 columns of
the 2018 双公示 standard for penalties, in memory, no database) and writes it as JSON. Its own time is that of the
plainest load tool there is: one socket that is kept alive, the same requests one after the other, bytes read to the end
and thrown away. The client is the service connector as ``ingest_<feed>`` uses it: it signs in, checks every page, looks
for repeated rows and writes the file. Order: load tool, client, client, load tool, so that a slow machine is slow for
both.

The result is one JSON document: seconds and CPU seconds of each (median), what the server's process used meanwhile,
``ratio`` = seconds of the client / of the load tool, which is to be 2 at most, and the client's largest memory. Exit 1
when a row is missing, doubled or changed, or the ratio is more. On a busy machine the CPU seconds tell more.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import psutil

ROWS = 100
ORDER = ("load_tool", "client", "client", "load_tool")
LIMIT = 2.0
TOKEN = "bench-token"
REQUEST = "GET /v1/decisions?page={} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer " + TOKEN + "\r\n\r\n"


def row(number: int) -> dict[str, str]:
    """One penalty, as an agency writes it; no two have the same number."""
    return {
        "CF_XDR_MC": f"呼和浩特市某某商贸有限责任公司第{number}分公司",
        "CF_XDR_LB": "法人及非法人组织",
        "CF_XDR_SHXYM": f"91150100{number:09d}X",
        "CF_XDR_GSZC": f"{150100000000000 + number}",
        "CF_XDR_ZZJG": "",
        "CF_XDR_SWDJ": "",
        "CF_XDR_SYDW": "",
        "CF_XDR_SHZZ": "",
        "CF_FRDB": "某某某",
        "CF_FR_ZJLX": "身份证",
        "CF_FR_ZJHM": "",
        "CF_FR_SFZH": "",
        "CF_XDR_ZJLX": "",
        "CF_XDR_ZJHM": "",
        "CF_WSH": f"呼市监罚字〔2026〕{number}号",
        "CF_WFXW": "未按规定公示年度报告",
        "CF_SY": "当事人未在规定期限内通过国家企业信用信息公示系统报送上一年度的年度报告，经责令改正后逾期仍未改正。",
        "CF_YJ": "《企业信息公示暂行条例》第十七条第一款、《市场主体登记管理条例》第四十六条",
        "CF_CFLB": "罚款",
        "CF_NR": f"责令限期改正，并处罚款人民币{number % 90 + 10}00元整。",
        "CF_NR_FK": f"{(number % 90 + 10) / 100:.6f}",
        "CF_NR_WFFF": "",
        "CF_NR_ZKDX": "",
        "CF_JDRQ": "2026/09/14",
        "CF_YXQ": "2099/12/31",
        "CF_GSJZQ": "2027/09/14",
        "CF_CFJG": "呼和浩特市市场监督管理局",
        "CF_CFJGDM": "11150100MB1234567X",
        "CF_SJLY": "呼和浩特市市场监督管理局",
        "CF_SJLYDM": "11150100MB1234567X",
        "BZ": "",
    }


def serve(pages: int, port: int) -> None:
    """Be the agency's service."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def page(request: Request) -> JSONResponse:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"code": 401}, 401)
        number = int(request.query_params["page"])
        rows = [row(n) for n in range((number - 1) * ROWS, number * ROWS)]
        return JSONResponse({"code": 0, "data": {"page": number, "total": pages * ROWS, "list": rows}})

    app = Starlette(routes=[Route("/v1/decisions", page)])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


def load(port: int, pages: int) -> None:
    """Read every page and throw it away: what the server itself costs."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        buffer = bytearray(1 << 20)
        for page in range(1, pages + 1):
            connection.sendall(REQUEST.format(page).encode())
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(1 << 20)
            head, _, body = head.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            left = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]) - len(body)
            while left > 0:
                left -= connection.recv_into(buffer, min(left, len(buffer)))


def pull(port: int, target: Path) -> None:
    """Pull the service as ``ingest_penalty`` would."""
    from creditlake.connectors.endpoint import Endpoint
    from creditlake.connectors.service import ServiceConnector
    from creditlake.connectors.service_spec import Bearer, Numbered, Service, ServicePull
    from creditlake.contracts import load_feeds

    spec = Service("http", "bench", Bearer())
    how = ServicePull("/v1/decisions", "data.list", Numbered(total="data.total", echo="data.page"), ok={"code": 0})
    feed = load_feeds()["penalty"]
    feed = replace(feed, connector=spec, datasets=(replace(feed.datasets[0], pull=how),))
    endpoint = Endpoint("bench", "127.0.0.1", port, password=TOKEN, database="http")
    with contextlib.closing(ServiceConnector(feed, spec, endpoint, date(2026, 10, 31))) as connector:
        (increment,) = connector.increments(())
        assert connector.pull(increment, (), target) == "2026-10-31"


def is_exact(file: Path, rows: int) -> bool:
    """Say whether a file holds every row once, as it was sent, in order."""
    with open(file, encoding="utf-8") as lines:
        return all(json.loads(line) == row(number) for number, line in enumerate(lines)) and _count(file) == rows


def _count(file: Path) -> int:
    with open(file, "rb") as lines:
        return sum(1 for _ in lines)


@contextlib.contextmanager
def server(pages: int) -> Iterator[tuple[int, psutil.Process]]:
    """Run the server in a process of its own; yield its port and the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen([sys.executable, __file__, "--serve", str(port), "--pages", str(pages)])
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def timed(work: Callable[[], None], serving: psutil.Process) -> dict[str, float]:
    """Run in a process of its own, so that its CPU and memory are its own; return them and the server's CPU."""
    reader, writer = os.pipe()
    before = _cpu(serving)
    child = os.fork()
    if child == 0:
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        told = {
            "seconds": time.perf_counter() - wall,
            "cpu_seconds": time.process_time() - cpu,
            "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        os.write(writer, json.dumps(told).encode())
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as told_by_child:
        document = told_by_child.read()
    assert os.waitpid(child, 0)[1] == 0
    found: dict[str, float] = json.loads(document)
    found["server_cpu_seconds"] = _cpu(serving) - before
    print(found, file=sys.stderr, flush=True)
    return found


def _cpu(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


def measure(pages: int, folder: Path) -> dict[str, Any]:
    """Run both, in turn; return the result."""
    import creditlake.connectors.service  # noqa: F401 - loaded before the clock starts

    measured: dict[str, list[dict[str, float]]] = {"load_tool": [], "client": []}
    target = folder / "decisions.jsonl"
    with server(pages) as (port, serving):
        work = {"load_tool": lambda: load(port, pages), "client": lambda: pull(port, target)}
        for name in ORDER:
            measured[name].append(timed(work[name], serving))
    middle = {
        name: {what: round(median(one[what] for one in runs), 2) for what in runs[0]} for name, runs in measured.items()
    }
    return {
        "pages": pages,
        "rows": pages * ROWS,
        "bytes": target.stat().st_size,
        "exact": is_exact(target, pages * ROWS),
        **middle,
        "ratio": round(middle["client"]["seconds"] / middle["load_tool"]["seconds"], 3),
        "limit": LIMIT,
        "runs": {name: [{what: round(value, 2) for what, value in run.items()} for run in runs]
                 for name, runs in measured.items()},
        "machine": {"cores": os.cpu_count(), "load_before": _LOAD, "python": platform.python_version()},
    }  # fmt: skip


_LOAD = round(os.getloadavg()[0], 2)


def main() -> int:
    """Measure, or be the server."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--serve", type=int, metavar="PORT", help="be the server")
    options = parser.parse_args()
    if options.serve:
        serve(options.pages, options.serve)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        result = measure(options.pages, Path(folder))
    text = json.dumps(result, ensure_ascii=False, indent=1) + "\n"
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    print(text, end="")
    return 0 if result["exact"] and result["ratio"] <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
