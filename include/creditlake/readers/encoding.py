"""Which encoding a text file has: UTF-8 with or without BOM, else GB18030 (GB 18030-2022), else none of ours."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import pyarrow as pa

from creditlake.refusal import Refusal

CHUNK_BYTES = 8 << 20
ENCODINGS = ("utf-8", "gb18030")
_HTML = re.compile(rb"^\s*<(!doctype|!--|html|head|body|\?xml)", re.IGNORECASE)


def utf8_copy(path: Path, name: str, scratch: Path) -> Path:
    """Return a UTF-8 file with the same text: the file itself when it is UTF-8 already, else a copy in ``scratch``.

    Raises:
        Refusal: ``html`` (a web page, often an error page), ``undecodable``, ``truncated`` (cut inside a character).
    """
    with open(path, "rb") as handle:
        start = handle.read(1024)
    refuse_web_page(start, name)
    if not start.strip():
        raise Refusal("zero_bytes", f"{name} holds nothing but white space")
    if _is_clean_utf8(path):
        return path
    for encoding in ENCODINGS:
        place, is_cut = _first_undecodable(path, name, encoding)
        if place is None:
            return path if encoding == "utf-8" else _transcode(path, scratch / f"{path.name}.utf8")
        if is_cut:
            raise Refusal("truncated", f"{name} ends inside a character, at byte {place}")
    raise Refusal("undecodable", f"{name} is neither UTF-8 nor GB18030: byte {place} fits neither")


def refuse_web_page(start: bytes, name: str) -> None:
    """Raise Refusal ``html`` when a file begins as a web page does: often it tells of a failed download."""
    if _HTML.match(start.removeprefix(codecs.BOM_UTF8)):
        raise Refusal("html", f"{name} is a web page, not data: it begins with {start[:40]!r}")


def _is_clean_utf8(path: Path) -> bool:
    """Say whether a file is UTF-8 without a NUL byte: much quicker than to find out where it is not."""
    begun = b""  # a character that the chunk before ends in
    with open(path, "rb") as handle:
        while chunk := handle.read(CHUNK_BYTES):
            text = begun + chunk
            end = len(text) - next((place for place in (1, 2, 3) if text[-place:][:1] >= b"\xc0"), 0)
            if b"\x00" in chunk or not _is_utf8(text[:end]):
                return False
            begun = text[end:]
    return _is_utf8(begun)


def _is_utf8(text: bytes) -> bool:
    ends = pa.array([0, len(text)], pa.int32()).buffers()[1]
    whole = pa.Array.from_buffers(pa.binary(), 1, [None, ends, pa.py_buffer(text)])
    try:
        whole.cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return True


def _first_undecodable(path: Path, name: str, encoding: str) -> tuple[int | None, bool]:
    """Return where the bytes stop being text (None: nowhere), and whether the file just ends inside a character.

    Raises:
        Refusal: ``undecodable``: a NUL byte, which no text has.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset = 0
    with open(path, "rb") as handle:
        while True:
            chunk = handle.read(CHUNK_BYTES)
            if b"\x00" in chunk:
                place = offset + chunk.index(b"\x00")
                raise Refusal("undecodable", f"{name} holds a NUL byte at {place}: it is no text")
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                pending = len(error.object) - len(chunk)  # bytes of a character begun in the chunk before
                return offset - pending + error.start, not chunk
            if not chunk:
                return None, False
            offset += len(chunk)


def _transcode(source: Path, target: Path) -> Path:
    with (
        open(source, encoding="gb18030", newline="") as reader,
        open(target, "w", encoding="utf-8", newline="") as writer,
    ):
        while text := reader.read(CHUNK_BYTES):
            writer.write(text)
    return target
