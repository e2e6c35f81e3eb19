"""Zip archives: their members, and why an archive is refused before anything of it is unpacked."""

from __future__ import annotations

import errno
import shutil
import zlib
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from creditlake.refusal import Refusal

MAX_UNPACKED_BYTES = 8 << 30
MAX_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 64 << 20


def members(path: Path, name: str) -> list[str]:
    """Return the names of an archive's files in order of name.

    Raises:
        Refusal: ``bad_archive``, ``zip_bomb`` (unpacks to too much), ``zip_path`` (a member leads outside the archive).
    """
    try:
        with ZipFile(path) as archive:
            check_size(archive, name)
            files = [entry for entry in archive.infolist() if _is_delivery(entry)]
            for entry in files:
                _check_path(entry, name)
                if entry.flag_bits & 0x1:
                    raise Refusal("bad_archive", f"{name}: member {entry.filename} is encrypted")
    except (BadZipFile, NotImplementedError) as error:
        raise Refusal("bad_archive", f"{name} is not a readable archive: {error}") from error
    if not files:
        raise Refusal("bad_archive", f"{name} holds no file")
    return sorted(entry.filename for entry in files)


def unpack(path: Path, name: str, member: str, target: Path) -> None:
    """Write one member to ``target``.

    Raises:
        Refusal: ``bad_archive`` when its check sum or compression is wrong.
    """
    try:
        with ZipFile(path) as archive, archive.open(member) as reader, open(target, "wb") as writer:
            shutil.copyfileobj(reader, writer, 4 << 20)
    except (BadZipFile, NotImplementedError, EOFError, zlib.error) as error:
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
    return not entry.is_dir() and not entry.filename.startswith("__MACOSX/")


def _check_path(entry: ZipInfo, name: str) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename:
        raise Refusal("zip_path", f"{name}: member {entry.filename!r} leads outside the archive")
