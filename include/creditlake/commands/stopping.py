"""The end of a command at Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

from creditlake.text import complain

STOPPED = 130
"""Exit code of a command that Ctrl-C ended."""


@contextlib.contextmanager
def ending_at_ctrl_c(scratch: Path | None = None) -> Iterator[None]:
    """End the process at Ctrl-C, as a kill would: a lake takes no harm from it at any moment (law L8).

    dbt's own ending asks the interrupted connection for more, which may wait for ever.

    Args:
        scratch: A folder of this command alone, which goes with it.
    """

    def end(*_: object) -> None:
        complain("creditlake: stopped")
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)
        os._exit(STOPPED)

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
