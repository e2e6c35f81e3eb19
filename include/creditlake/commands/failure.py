"""The answer no."""

from __future__ import annotations


class Failed(Exception):
    """A command did its work and the answer is no; the message is the reason that people read."""
