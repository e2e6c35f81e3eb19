"""Which encoding a text file has: UTF-8 with or without BOM, else GB18030 (GB 18030-2022), else none of ours."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from creditlake.refusal import Refusal

CHUNK_BYTES = 8 << 20
LONGEST_CHARACTER_BYTES = 4
_HTML = re.compile(rb"^\s*<(!doctype|html|head|\?xml)", re.IGNORECASE)


def utf8_copy(path: Path, name: str, scratch: Path) -> Path:
    """Return a UTF-8 file with the same text: the file itself when it is UTF-8 already, else a copy in ``scratch``.

    Raises:
        Refusal: ``html`` (a web page, often an error page), ``undecodable``, ``truncated`` (cut inside a character).
    """
    with open(path, "rb") as handle:
        start = handle.read(1024)
    if _HTML.match(start.removeprefix(codecs.BOM_UTF8)):
        raise Refusal("html", f"{name} is a web page, not data: it begins with {start[:40]!r}")
    if not start.strip():
        raise Refusal("zero_bytes", f"{name} holds nothing but white space")
    if b"\x00" in start:
        raise Refusal("undecodable", f"{name} holds NUL bytes: it is neither UTF-8 nor GB18030 text")
    place = _first_undecodable(path, "utf-8")
    if place is None:
        return path
    if place >= path.stat().st_size - LONGEST_CHARACTER_BYTES + 1:
        raise Refusal("truncated", f"{name} ends inside a character, at byte {place}")
    place = _first_undecodable(path, "gb18030")
    if place is not None:
        raise Refusal("undecodable", f"{name} is neither UTF-8 nor GB18030: byte {place} fits neither")
    return _transcode(path, scratch / f"{path.name}.utf8")


def _first_undecodable(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset = 0
    with open(path, "rb") as handle:
        while True:
            chunk = handle.read(CHUNK_BYTES)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                pending = len(error.object) - len(chunk)  # bytes of a character begun in the chunk before
                return offset - pending + error.start
            if not chunk:
                return None
            offset += len(chunk)


def _transcode(source: Path, target: Path) -> Path:
    with (
        open(source, encoding="gb18030", newline="") as reader,
        open(target, "w", encoding="utf-8", newline="") as writer,
    ):
        while text := reader.read(CHUNK_BYTES):
            writer.write(text)
    return target
