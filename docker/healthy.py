"""Exit 0 when Airflow says that a component is healthy: ``healthy.py scheduler http://api-server:8080``.

Asks the health page of the api-server, which knows every component's last heartbeat. ``airflow jobs check`` tells the
same at four seconds of CPU a call (docs/decisions/0013).
"""

from __future__ import annotations

import json
import sys
from urllib.request import urlopen

TIMEOUT_SECONDS = 5


def main(component: str, address: str) -> str | None:
    """Return what is wrong with a component; None when it is healthy."""
    with urlopen(f"{address}/api/v2/monitor/health", timeout=TIMEOUT_SECONDS) as answer:
        status = json.load(answer)[component]["status"]
    return None if status == "healthy" else f"{component} is {status}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
