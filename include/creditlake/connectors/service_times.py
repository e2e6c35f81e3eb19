"""Times of change as a service writes them, and as we write them to it. Inside, all are Beijing time without a zone."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import assert_never

from creditlake.connectors.service_spec import TimeForm

BEIJING = timezone(timedelta(hours=8))
_COMPACT = "%Y%m%d%H%M%S"
_EPOCH = datetime(1970, 1, 1, 8, tzinfo=BEIJING)
_UNIT = {"seconds": timedelta(seconds=1), "milliseconds": timedelta(milliseconds=1)}


def read_time(value: object, form: TimeForm) -> datetime:
    """Return a row's time of change.

    Raises:
        ValueError: it is none; the text is not quoted.
    """
    try:
        moment = _moment(value, form)
    except (ValueError, OverflowError):
        raise ValueError("no time") from None
    return moment.astimezone(BEIJING).replace(tzinfo=None) if moment.tzinfo else moment


def write_time(moment: datetime, form: TimeForm) -> str:
    """Return a moment as the service wants it, cut off to what it can say: never later than the moment."""
    match form:
        case "text":
            return moment.isoformat(sep=" ", timespec="seconds")
        case "iso":
            return moment.replace(tzinfo=BEIJING).isoformat(timespec="seconds")
        case "compact":
            return moment.strftime(_COMPACT)
        case "seconds" | "milliseconds":
            return str((moment.replace(tzinfo=BEIJING) - _EPOCH) // _UNIT[form])
        case _:
            assert_never(form)


def _moment(value: object, form: TimeForm) -> datetime:
    if form in ("seconds", "milliseconds"):
        number = int(value) if isinstance(value, str) and value.isdecimal() else value
        if not isinstance(number, int | float) or isinstance(number, bool):
            raise ValueError("no number")
        return _EPOCH + number * _UNIT[form]
    if not isinstance(value, str):
        raise ValueError("no text")
    return datetime.strptime(f"{value}+0800", f"{_COMPACT}%z") if form == "compact" else datetime.fromisoformat(value)
