"""Arguments of ``feed check`` and ``feed new``: what is no word, cron expression or contract is a wrong one."""

from __future__ import annotations

import argparse
import keyword
from pathlib import Path

from croniter import croniter

from creditlake.contracts import FOLDER
from creditlake.onboarding.contract import NAME


def contract(text: str) -> Path:
    """Return a contract's file, given by its path or by a declared feed's name."""
    path = Path(text) if text.endswith((".yml", ".yaml")) else FOLDER / f"{text}.yml"
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text} is neither a contract's file nor a declared feed")
    return path


def word(text: str) -> str:
    """Return a name that can stand in a folder, a table, a model and a module."""
    if not NAME.fullmatch(text) or keyword.iskeyword(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no small word like water or social_security")
    return text


def said(text: str) -> str:
    """Return a text that can stand in YAML, SQL and Python as it is."""
    if not text.strip() or not text.isprintable() or set(text) & set("\"'\\"):
        raise argparse.ArgumentTypeError(f"{text!r} says nothing, or holds quotes or line ends")
    return text.strip()


def cron(text: str) -> str:
    """Return a cron expression."""
    if not croniter.is_valid(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no cron expression like '30 2 * * *'")
    return text
