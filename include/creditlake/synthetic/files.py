"""What goes wrong with whole files: those that must be refused, and those that only look strange."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from creditlake.refusal import Code
from creditlake.synthetic.faults import Place

SAMPLE_ROWS = 20
HTML = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>网关错误</body></html>\n"


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """One way in which a file cannot be taken.

    Attributes:
        code: Why it is refused (``creditlake.refusal``).
        make: From the first lines of a good file, line ends included, to the text of the broken one.
    """

    kind: str
    code: Code
    detail: str
    make: Callable[[list[str]], str]


def _with_header(change: Callable[[str], str]) -> Callable[[list[str]], str]:
    return lambda lines: change(lines[0]) + "".join(lines[1:])


def _without_first_column(lines: list[str]) -> str:
    return "".join(line.split(",", 1)[1] for line in lines)


def _cut(lines: list[str]) -> str:
    """End inside the third value of the last row, without a line end."""
    first, second, third = lines[-1].split(",")[:3]
    return "".join(lines[:-1]) + ",".join((first, second, third[:1]))


BROKEN = (
    BrokenFile(
        "unknown_column", "unknown_header", "表头有合同以外的列名", _with_header(lambda header: f"自编序号{header}")
    ),
    BrokenFile("column_absent", "unknown_header", "缺少必备列", _without_first_column),
    BrokenFile("no_header", "missing_header", "第一行就是数据", lambda lines: "".join(lines[1:])),
    BrokenFile("truncated_file", "truncated", "文件在一行中间断开", _cut),
    BrokenFile("html_page", "html", "内容是网页", lambda _: HTML),
    BrokenFile("empty_file", "zero_bytes", "没有内容", lambda _: ""),
)


@dataclass(frozen=True, slots=True)
class Writing:
    """How the bytes of a file are made from its text.

    Attributes:
        kind: The kind of strangeness that a reader must take away; empty for plain UTF-8.
    """

    kind: str
    place: Place
    encoding: str
    prefix: bytes


PLAIN = Writing("", "normalised", "utf-8", b"")
STRANGE = (
    Writing("gb18030_file", "normalised", "gb18030", b""),
    Writing("bom_file", "normalised", "utf-8", codecs.BOM_UTF8),
)


def writing_of(label: str, place: int, months: int, *, has_faults: bool) -> Writing:
    """Return how the file of a dataset's month is written: in two of three datasets one month is strange."""
    mark = zlib.crc32(label.encode())
    if not has_faults or mark % 3 == 2 or place != mark // 3 % months:
        return PLAIN
    return STRANGE[mark % 3]
