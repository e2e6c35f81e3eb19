"""``creditlake`` that kills itself at its N-th touch of a file of the lake; whatever else the machine does, it does so.

    python -m tests.e2e.killed LAKE N ARGUMENT…

With 0 it is not killed. The last line on stdout says how often a file was touched.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from creditlake.cli import main
from creditlake.text import say

TOUCHES = ("open", "os.rename", "os.remove", "os.mkdir", "os.link")


def watch(lake: str, moment: int) -> list[int]:
    """Count the touches from now on, and kill the process at one of them."""
    count = [0]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in TOUCHES and str(arguments[0]).startswith(lake):
            count[0] += 1
            if count[0] == moment:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    return count


if __name__ == "__main__":
    touched = watch(sys.argv[1], int(sys.argv[2]))
    code = main(sys.argv[3:])
    say(str(touched[0]))
    sys.exit(code)
