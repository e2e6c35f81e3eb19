"""Back-up of a lake and its way back.

A back-up is a folder: the catalogue's copy, the lake's files, and ``manifest.json`` with the hash of each, written
last, so that a folder without it is no back-up. The files of a lake are immutable or replaced whole, so on the same
disk they are hard links (no space, no time); a back-up that must survive the disk is given a target on another one.
The vault is in it: a back-up is closed to other users and needs the same care and retention (law L12).
Not in it: the data docs and the dbt target, which the next build makes again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from creditlake.lake import objects, received
from creditlake.lake.catalogue import catalogue_file_name, copy_catalogue, has_catalogue, put_catalogue
from creditlake.lake.lease import lease
from creditlake.lake.paths import VAULT_MODE, LakePaths

FOLDERS = ("landing", "bronze", "data", "quality", "releases", "submissions", "watch")
MANIFEST = "manifest.json"
_DATA = "data/"
FORMAT = 1
_CHUNK_BYTES = 4 << 20
_PASSING = (".partial", "lock")
"""Endings of files that are half-done or only locked."""


class BackupError(RuntimeError):
    """A back-up cannot be made or put back; nothing readable was changed."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One back-up that is complete.

    Attributes:
        catalogue: Name of the catalogue's copy in it.
        sha256: Hash of every file, the catalogue's copy included, by its path within the folder.
    """

    folder: Path
    catalogue: str
    sha256: dict[str, str]

    def __str__(self) -> str:
        return f"{self.folder}（{len(self.sha256)} 个文件）"


def backup(paths: LakePaths, target: Path) -> Backup:
    """Back the lake up into the new folder ``target`` under the lease.

    Raises:
        FileExistsError: ``target`` is there already.
        CatalogueError: the catalogue could not be copied.
    """
    with lease(paths):
        return backup_under_lease(paths, target)


def backup_under_lease(paths: LakePaths, target: Path) -> Backup:
    """Back the lake up; the caller holds the lease and has nothing attached. The catalogue is copied first."""
    if not has_catalogue(paths):
        raise BackupError(f"there is no lake at {paths.root}")
    target.mkdir(mode=VAULT_MODE, parents=True)
    catalogue = catalogue_file_name(paths)
    copy_catalogue(paths, target / catalogue)
    for name in _files(paths.root):
        _place(paths.root / name, target / name, _link_or_copy)
    _fetch_objects(paths.objects, paths.data.name, target)
    _fetch_objects(paths.landing_objects, paths.landing.name, target)
    made = Backup(target, catalogue, _hashes(target))
    document = {"format": FORMAT, "catalogue": catalogue, "sha256": made.sha256}
    partial = target / f"{MANIFEST}.partial"
    partial.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(partial, target / MANIFEST)
    return made


def read_backup(folder: Path) -> Backup:
    """Return the back-up in a folder.

    Raises:
        BackupError: it is none, was not finished, or is of another format.
    """
    file = folder / MANIFEST
    if not file.exists():
        raise BackupError(f"{folder} is no finished back-up: it has no {MANIFEST}")
    document = json.loads(file.read_text(encoding="utf-8"))
    if document["format"] != FORMAT:
        raise BackupError(f"{folder} has the format {document['format']}, this version reads {FORMAT}")
    return Backup(folder, document["catalogue"], document["sha256"])


def damages(made: Backup) -> list[str]:
    """Return what is wrong with a back-up's files, in Chinese, one line a file."""
    found = []
    for name, sha256 in made.sha256.items():
        file = made.folder / name
        if not file.exists():
            found.append(f"{name}：缺失")
        elif _hash(file) != sha256:
            found.append(f"{name}：内容与清单的哈希不符")
    return found


def restore(source: Path, paths: LakePaths) -> None:
    """Put a back-up in the place of a lake that does not exist yet; the copies are files of their own.

    The catalogue remembers the absolute place of its data; ``attach`` overrides it, so the lake may move.

    Raises:
        BackupError: the back-up is not whole, of another kind of catalogue, or the place is not empty.
        CatalogueError: the catalogue could not be put back.
    """
    made = read_backup(source)
    if made.catalogue != catalogue_file_name(paths):
        raise BackupError(f"{source} holds {made.catalogue}; this lake wants {catalogue_file_name(paths)}")
    if wrong := damages(made):
        raise BackupError(f"{source} is damaged: {'; '.join(wrong[:5])}")
    if has_catalogue(paths) or next(_files(paths.root), None):
        raise BackupError(f"{paths.root} holds a lake; move it away first")
    if paths.objects and objects.sizes(paths.objects):
        raise BackupError(f"{paths.objects} is not empty; name another prefix")
    with lease(paths):
        for name in made.sha256:
            if paths.objects and name.startswith(_DATA):
                objects.send(paths.objects, source / name, name.removeprefix(_DATA))
            elif name != made.catalogue:
                _place(source / name, paths.root / name, _copy)
        for path in received.held(paths):
            received.keep(paths, path.name)
        put_catalogue(paths, source / made.catalogue)


def _fetch_objects(place: str, folder: str, target: Path) -> None:
    """Copy the files of an object store that the lake's folder does not hold too, into a folder of the back-up.

    Those that an earlier back-up beside holds are taken from there: a file is never changed and its name never used
    again, so name and size say which it is.
    """
    earlier = sorted((path.parent for path in target.parent.glob(f"*/{MANIFEST}")), reverse=True)
    for name, size in (objects.sizes(place) if place else {}).items():
        file = f"{folder}/{name}"
        if (target / file).exists():
            continue
        held = [folder / file for folder in earlier if (folder / file).exists()]
        if held and held[0].stat().st_size == size:
            _place(held[0], target / file, _link_or_copy)
        else:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            objects.fetch(place, name, target / file)


def _files(root: Path) -> Iterator[str]:
    """Yield the relative paths of everything a lake is made of, but the catalogue."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not path.name.endswith(_PASSING):
                yield path.relative_to(root).as_posix()


def _place(source: Path, target: Path, place: Callable[[Path, Path], None]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    place(source, target)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
            raise
        _copy(source, target)


def _copy(source: Path, target: Path) -> None:
    shutil.copy2(source, target)


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _hash(path) for path in files}


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as reader:
        while chunk := reader.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
