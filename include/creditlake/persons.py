"""Identity numbers of natural persons: keyed hashes from bronze on (law L12; 个人信息保护法 arts 6, 51).

The key belongs to the lake's operator: ``CREDITLAKE_PERSON_KEY``, else a file made once beside the vault.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from typing import Any

import pyarrow as pa

from creditlake.lake import LakePaths

KEY_VARIABLE = "CREDITLAKE_PERSON_KEY"
MIN_KEY_CHARACTERS = 32


def person_key(paths: LakePaths) -> bytes:
    """Return the key of this lake's hashes; made with mode 0600 when the operator gave none.

    Raises:
        ValueError: the operator's key has fewer than 32 characters.
    """
    given = os.environ.get(KEY_VARIABLE)
    if given is not None:
        if len(given) < MIN_KEY_CHARACTERS:
            raise ValueError(f"{KEY_VARIABLE} must have at least {MIN_KEY_CHARACTERS} characters")
        return given.encode()
    file = paths.landing / "person.key"
    if not file.exists():
        partial = paths.landing / f"person.key.{os.getpid()}"
        with open(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="ascii") as handle:
            handle.write(secrets.token_hex(32))
        # link, not replace: of two processes that start together the first one's key wins for both
        try:
            os.link(partial, file)
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return file.read_bytes()


def hash_column(values: pa.Array[Any], key: bytes) -> pa.StringArray:
    """Replace every value that is there by 32 hex characters of its HMAC-SHA256; missing stays missing."""
    hashed = [
        hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:32] if value and value.strip() else value
        for value in values.to_pylist()
    ]
    return pa.array(hashed, pa.string())
