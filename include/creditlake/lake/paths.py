"""The folders of a lake."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

CATALOG_VARIABLE = "CREDITLAKE_CATALOG"
DATA_VARIABLE = "CREDITLAKE_DATA"
LANDING_VARIABLE = "CREDITLAKE_LANDING"
_OBJECTS = re.compile(r"s3://[a-z0-9][a-z0-9.-]+(/[\w.=-]+)+/?")
VAULT_MODE = 0o700


@dataclass(frozen=True, slots=True)
class LakePaths:
    """Where everything of one lake lies.

    Attributes:
        root: The lake's folder.
        postgres: Connection string of a PostgreSQL catalogue (``dbname=… host=…``); empty for the SQLite file.
        objects: Bucket and prefix (``s3://bucket/prefix``) of the data files; empty where they lie in the folder.
        landing_objects: The same of the bytes as received; empty where the folder alone keeps them.
    """

    root: Path
    postgres: str = ""
    objects: str = ""
    landing_objects: str = ""

    @classmethod
    def at(cls, root: Path) -> LakePaths:
        """Return the lake at ``root`` with the catalogue that ``CREDITLAKE_CATALOG`` names, SQLite when unset.

        Its data files lie where ``CREDITLAKE_DATA`` says, its landed bytes where ``CREDITLAKE_LANDING`` says, in the
        folder when unset.

        Raises:
            ValueError: one of the two names no such place, or the environment lacks what an object store needs.
        """
        setting = os.environ.get(CATALOG_VARIABLE, "")
        if setting and not setting.startswith("postgres:"):
            raise ValueError(
                f"{CATALOG_VARIABLE} must be empty or start with 'postgres:', not {setting.split(':')[0]!r}"
            )
        data, landing = _place(DATA_VARIABLE), _place(LANDING_VARIABLE)
        if data and data == landing:
            raise ValueError(f"{DATA_VARIABLE} and {LANDING_VARIABLE} name one place; each needs its own")
        return cls(root.resolve(), setting.removeprefix("postgres:"), data, landing)

    @property
    def catalog_file(self) -> Path:
        """The SQLite catalogue; absent where PostgreSQL holds it."""
        return self.root / "catalog.sqlite"

    @property
    def data(self) -> Path:
        """The Parquet files of the lake; empty where an object store holds them."""
        return self.root / "data"

    @property
    def data_path(self) -> str:
        """Where the Parquet files lie, as the catalogue remembers it."""
        return f"{self.objects or self.data}/"

    @property
    def landing(self) -> Path:
        """The vault of bytes as received."""
        return self.root / "landing"

    @property
    def inbox(self) -> Path:
        """What was pulled and is not yet in the lake."""
        return self.root / "inbox"

    @property
    def bronze(self) -> Path:
        """The vault of text columns, one folder a batch."""
        return self.root / "bronze"

    @property
    def quality(self) -> Path:
        """The verdict of each batch, as JSON."""
        return self.root / "quality"

    @property
    def dbt(self) -> Path:
        """Target folder of the last dbt build."""
        return self.root / "dbt"

    @property
    def docs(self) -> Path:
        """The data docs."""
        return self.root / "docs"

    @property
    def releases(self) -> Path:
        """What consumers read."""
        return self.root / "releases"

    @property
    def submissions(self) -> Path:
        """What was handed up to the regional platform, one folder a day, each with its receipt."""
        return self.root / "submissions"

    @property
    def scratch(self) -> Path:
        """Half-done files; empty between runs."""
        return self.root / "scratch"

    @property
    def writer_lock(self) -> Path:
        """The file whose lock is the lease of the one writer."""
        return self.root / "catalog.writer.lock"

    def create(self) -> None:
        """Make the folders that do not exist yet; the vault is closed to other users."""
        for folder in (self.root, self.data, self.quality, self.scratch):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.landing, self.bronze, self.inbox):
            folder.mkdir(mode=VAULT_MODE, exist_ok=True)


def _place(variable: str) -> str:
    """Return the place in an object store that a variable names; empty when it is unset."""
    place = os.environ.get(variable, "")
    if place and not _OBJECTS.fullmatch(place):
        raise ValueError(f"{variable} must be empty or like s3://bucket/prefix, not {place!r}")
    if place:
        from creditlake.lake.objects import duckdb_settings

        duckdb_settings()  # says what is missing before anything is begun
    return place.rstrip("/")
