"""The kinds of arguments: what is none of its kind is a wrong one, said in a sentence."""

from __future__ import annotations

import argparse
import keyword
import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

from croniter import croniter

from creditlake.contracts import FOLDER, Dataset, all_datasets
from creditlake.identity.identifiers import USCC_ALPHABET, normalise_code
from creditlake.lake import LakePaths
from creditlake.onboarding.contract import NAME
from creditlake.persons import KEY_VARIABLE, MIN_KEY_CHARACTERS


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


def folder(text: str) -> Path:
    """Return a folder that is there."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is not a folder")
    return path


def file(text: str) -> Path:
    """Return a file that is there."""
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text} is not a file")
    return path


def file_to_write(text: str) -> Path:
    """Return a file that can be written."""
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is not a file in a folder that exists")
    return path


def dataset(text: str) -> Dataset:
    """Return a declared dataset by ``<feed>.<dataset>``."""
    declared = {f"{dataset.feed}.{dataset.name}": dataset for dataset in all_datasets()}
    if text not in declared:
        raise argparse.ArgumentTypeError(f"no contract declares {text!r}; there are {', '.join(declared)}")
    return declared[text]


def uscc(text: str) -> str:
    """Return a unified social credit code as it is compared; its check character is judged by who looks it up."""
    code = normalise_code(text)
    if not re.fullmatch(f"[{USCC_ALPHABET}]{{18}}", code):
        raise argparse.ArgumentTypeError(f"{text!r} is no unified social credit code: 18 digits and capitals")
    return code


def words(text: str) -> str:
    """Return a text that says something."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it must not be empty")
    return text


def lake(text: str) -> Path:
    """Return a lake's folder, there or not; a wrong environment is a wrong argument too."""
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is not a folder")
    if 0 < len(os.environ.get(KEY_VARIABLE, "")) < MIN_KEY_CHARACTERS:
        raise argparse.ArgumentTypeError(f"{KEY_VARIABLE} must have at least {MIN_KEY_CHARACTERS} characters")
    try:
        LakePaths.at(path)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return path


def day(text: str) -> date:
    """Return a date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-10-31") from None


def month(text: str) -> str:
    """Return a month as it is written."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is not a month like 2026-10")
    return text


def instant(text: str) -> datetime:
    """Return an instant; UTC where it names no zone."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an instant like 2026-10-31T02:00:00+08:00") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def positive(text: str) -> int:
    """Return a whole number of 1 or more."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive whole number")
    return int(text)
