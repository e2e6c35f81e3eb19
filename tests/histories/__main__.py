"""Play random histories against the model: ``python -m tests.histories --histories 1000 --steps 12 --seed 3``."""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.histories.play import Play, play


def main() -> int:
    """Play what the command line asks for; 1 where model and lake differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.histories", description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="play this one history alone")
    parser.add_argument("--keep", type=Path, help="keep drop and lake in this folder, which must not exist")
    asked = parser.parse_args()
    numbers = range(asked.histories) if asked.only is None else [asked.only]
    began = time.monotonic()

    def tell(line: str) -> None:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        spent = sum(each.ru_utime + each.ru_stime for each in used)
        sys.stdout.write(f"{line}; {time.monotonic() - began:.0f} s, {spent:.0f} CPU s\n")
        sys.stdout.flush()

    with tempfile.TemporaryDirectory() as folder:
        made = Play(asked.keep or Path(folder), asked.seed, numbers, asked.steps)
        found = list(play(made, tell))
    sys.stdout.write("\n".join(found or ["model and lake agree"]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
