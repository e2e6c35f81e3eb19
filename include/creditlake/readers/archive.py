"""Zip archives: their members, and why an archive is refused before anything of it is unpacked."""

from __future__ import annotations

import errno
import shutil
import stat
import zlib
from collections import Counter
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from creditlake.readers.encoding import refuse_web_page
from creditlake.refusal import Refusal

MAX_UNPACKED_BYTES = 8 << 30
MAX_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 64 << 20
UNREADABLE = (BadZipFile, NotImplementedError, UnicodeDecodeError)
"""What Python raises for an archive that is none, or whose table of contents is damaged."""
_NAME_IS_UTF8 = 0x800


def members(path: Path, name: str) -> list[str]:
    """Return the names of an archive's files in order of name.

    Raises:
        Refusal: ``zero_bytes``, ``html``, ``bad_archive``, ``zip_bomb`` (unpacks to too much), ``zip_path`` (a member
            leads outside the archive).
    """
    with open(path, "rb") as handle:
        start = handle.read(1024)
    if not start:
        raise Refusal("zero_bytes", f"{name} is empty")
    refuse_web_page(start, name)
    try:
        with ZipFile(path) as archive:
            check_size(archive, name)
            for entry in archive.infolist():
                _check_path(entry, name)
                _check_readable(entry, name)
            files = [entry for entry in archive.infolist() if _is_delivery(entry)]
    except UNREADABLE as error:
        raise Refusal("bad_archive", f"{name} is not a readable archive: {error}") from error
    if not files:
        raise Refusal("bad_archive", f"{name} holds no file")
    times = Counter(map(_name, files))
    twice = sorted(member for member in times if times[member] > 1)
    if twice:
        raise Refusal("bad_archive", f"{name}: member {twice[0]} comes twice")
    return sorted(times)


def unpack(path: Path, name: str, member: str, target: Path) -> None:
    """Write one member to ``target``.

    Raises:
        Refusal: ``bad_archive`` when its check sum or compression is wrong.
    """
    try:
        with (
            ZipFile(path) as archive,
            archive.open(next(entry for entry in archive.infolist() if _name(entry) == member)) as reader,
            open(target, "wb") as writer,
        ):
            shutil.copyfileobj(reader, writer, 4 << 20)
    except (*UNREADABLE, EOFError, zlib.error) as error:
        raise Refusal("bad_archive", f"{name}: member {member} cannot be unpacked: {error}") from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # the archive names a place outside itself; a full disk is no fault of it
            raise
        raise Refusal("bad_archive", f"{name}: member {member} lies outside the archive") from error


def check_size(archive: ZipFile, name: str) -> None:
    """Raise Refusal ``zip_bomb`` when the archive says it unpacks to more than we take, or to suspiciously much."""
    unpacked = sum(entry.file_size for entry in archive.infolist())
    packed = sum(entry.compress_size for entry in archive.infolist())
    suspicious = unpacked > RATIO_COUNTS_FROM_BYTES and unpacked > MAX_RATIO * max(packed, 1)
    if unpacked > MAX_UNPACKED_BYTES or suspicious:
        raise Refusal("zip_bomb", f"{name} would unpack from {packed} to {unpacked} bytes")


def _is_delivery(entry: ZipInfo) -> bool:
    """Hidden files are no deliveries, as in the drop folder."""
    name = PurePosixPath(entry.filename).name
    return not entry.is_dir() and not entry.filename.startswith("__MACOSX/") and not name.startswith((".", "~$"))


def _name(entry: ZipInfo) -> str:
    """Return a member's name; one that does not say it is UTF-8 is UTF-8 or GB18030 all the same, not the PC's 437."""
    if entry.flag_bits & _NAME_IS_UTF8:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:  # the name comes from an extra field, in Unicode
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _check_path(entry: ZipInfo, name: str) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename or is_link:
        raise Refusal("zip_path", f"{name}: member {_name(entry)!r} leads outside the archive")


def _check_readable(entry: ZipInfo, name: str) -> None:
    if entry.flag_bits & 0x1:
        raise Refusal("bad_archive", f"{name}: member {_name(entry)} is encrypted")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Refusal("bad_archive", f"{name}: member {_name(entry)} is packed by method {entry.compress_type}")
