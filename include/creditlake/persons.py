"""Identity numbers of natural persons: keyed hashes from bronze on (law L12; 个人信息保护法 arts 6, 51).

The key belongs to the lake's operator: ``CREDITLAKE_PERSON_KEY``, else a file made once beside the vault.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from creditlake.identity.identifiers import is_uscc, normalise_code
from creditlake.lake import LakePaths

KEY_VARIABLE = "CREDITLAKE_PERSON_KEY"
MIN_KEY_CHARACTERS = 32
_SHAPE = r"^\W*[1-8１-８]\W*(?:[0-9０-９]\W*){16}[0-9０-９XxＸｘ]\W*$"
"""What an identity number may look like before it is normalised."""
_NUMBER = re.compile(r"[1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]")
"""Province from 1 to 8, place, birthday, serial number and check character (GB 11643-1999)."""


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


def hashed(value: str | None, key: bytes) -> str | None:
    """Return 32 hex characters of a value's HMAC-SHA256; what is missing stays missing."""
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:32] if value and value.strip() else value


def persons_numbers(codes: pa.Array[Any]) -> list[int]:
    """Return the rows, from 0, of a column of subjects' codes that hold the identity number of a person.

    Agencies write a sole trader's or a committed person's number where the code of a body belongs. One with a wrong
    check digit is still a person's; a valid unified code is none, though its digits also make an identity number.
    """
    shaped: pa.Array[Any] = pc.match_substring_regex(codes, _SHAPE)
    rows = map(int, pc.indices_nonzero(shaped).to_numpy())
    return [row for row in rows if _is_persons(normalise_code(str(codes[row])))]


def _is_persons(code: str) -> bool:
    return bool(_NUMBER.fullmatch(code)) and not is_uscc(code)
