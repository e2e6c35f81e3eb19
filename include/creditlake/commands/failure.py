"""The answer no, and where there is no lake to ask."""

from __future__ import annotations

import argparse

from creditlake.lake import LakePaths


class Failed(Exception):
    """A command did its work and the answer is no; the message is the reason that people read."""


def lake_of(options: argparse.Namespace) -> LakePaths:
    """Return the lake that a command is about.

    Raises:
        Failed: there is none at that place; nothing is made there.
    """
    paths = LakePaths.at(options.lake)
    if not (paths.landing.is_dir() or paths.releases.is_dir()):
        raise Failed(f"there is no lake at {paths.root}")
    return paths
