"""SFTP: the folder of an agency's server, read over SSH.

The server's host key must be known, from the connection's extra; a server with another one is refused, and the message
says what it showed. Names in the extra are those of Airflow's SSH connections: ``host_key`` (as in a known_hosts file,
``ssh-ed25519 AAAA…``) or ``known_hosts`` (a file); for signing in with a key instead of a password ``private_key`` (its
text) or ``key_file``, with ``private_key_passphrase``; ``timeout`` in seconds.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import io
import logging
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

import paramiko
from paramiko.pkey import UnknownKeyType

from creditlake.connectors.endpoint import Endpoint, SourceFailed
from creditlake.connectors.store import Entry, ServerKind, timeout_of

log = logging.getLogger(__name__)
KEEPALIVE_SECONDS = 30
PIECE_BYTES = 4 << 20
"""What is asked for at once, in the requests of 32 KiB that every server answers."""


class SftpStore:
    """One folder of an SFTP server."""

    def __init__(self, endpoint: Endpoint, folder: str) -> None:
        self._folder = folder.rstrip("/")
        self._client = _signed_in(endpoint)
        try:
            self._files = self._client.open_sftp()
            self._files.get_channel().settimeout(timeout_of(endpoint))  # type: ignore[union-attr]
        except BaseException:
            self._client.close()
            raise

    def listing(self) -> list[Entry]:
        """Return the files of the folder; a link counts as the file it leads to."""
        found = []
        for attributes in self._files.listdir_attr(self._folder):
            name = attributes.filename
            known: paramiko.SFTPAttributes | None = attributes
            if stat.S_ISLNK(attributes.st_mode or 0):
                known = self._attributes(name)
            if known is None or not stat.S_ISREG(known.st_mode or stat.S_IFREG):
                log.warning("%s/%s is no file, or a link that leads nowhere; it is not read", self._folder, name)
                continue
            found.append(_entry(name, known))
        return found

    def entry(self, name: str) -> Entry | None:
        """Return what one file is now; None when it is gone."""
        attributes = self._attributes(name)
        return _entry(name, attributes) if attributes is not None else None

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the content, many requests under way at a time."""
        with self._files.open(f"{self._folder}/{name}", "rb") as file:
            size = file.stat().st_size or 0
            for start in range(0, size, PIECE_BYTES):
                yield from file.readv([(start, min(PIECE_BYTES, size - start))])

    def close(self) -> None:
        """Sign out."""
        self._client.close()

    def _attributes(self, name: str) -> paramiko.SFTPAttributes | None:
        with contextlib.suppress(FileNotFoundError):
            return self._files.stat(f"{self._folder}/{name}")
        return None


SFTP = ServerKind(SftpStore, (paramiko.SSHException, OSError, EOFError, UnicodeDecodeError))


class _Refuse(paramiko.MissingHostKeyPolicy):
    """Nobody is signed in at a server whose key is not known."""

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        raise SourceFailed(f"the host key of {hostname} is not known; nothing was sent to it. {_pinning(key)}")


def _signed_in(endpoint: Endpoint) -> paramiko.SSHClient:
    if not endpoint.host or not endpoint.login:
        raise SourceFailed("the connection names no host or no login")
    timeout = timeout_of(endpoint)
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(_Refuse)
    try:
        _know_hosts(client, endpoint)
        client.connect(
            endpoint.host,
            endpoint.port or paramiko.config.SSH_PORT,
            endpoint.login,
            endpoint.password or None,
            _private_key(endpoint.extra),
            timeout=timeout,
            banner_timeout=timeout,
            auth_timeout=timeout,
            channel_timeout=timeout,
            allow_agent=False,
            look_for_keys=False,
        )
    except paramiko.BadHostKeyException as error:
        client.close()
        raise SourceFailed(
            f"the server shows another host key than the pinned one ({error.expected_key.fingerprint}); nothing "
            f"was sent to it. Ask the agency whether it has a new one. {_pinning(error.key)}"
        ) from None
    except BaseException:
        client.close()
        raise
    transport = client.get_transport()
    assert transport is not None
    transport.set_keepalive(KEEPALIVE_SECONDS)
    return client


def _know_hosts(client: paramiko.SSHClient, endpoint: Endpoint) -> None:
    """Let the client know the host key that the connection pins, or those of a known_hosts file."""
    if file := endpoint.extra.get("known_hosts"):
        client.load_host_keys(file)
    if pinned := endpoint.extra.get("host_key"):
        name = (
            endpoint.host if endpoint.port in (None, paramiko.config.SSH_PORT) else f"[{endpoint.host}]:{endpoint.port}"
        )
        key = _public_key(pinned)
        client.get_host_keys().add(name, key.get_name(), key)


def _public_key(text: str) -> paramiko.PKey:
    """Return the key of a line of known_hosts without its host: ``ssh-ed25519 AAAA…``, or the second word alone."""
    try:
        blob = base64.b64decode(text.split()[:2][-1], validate=True)
        return paramiko.PKey.from_type_string(paramiko.Message(blob).get_text(), blob)
    except (IndexError, binascii.Error, UnicodeDecodeError, paramiko.SSHException, UnknownKeyType) as error:
        raise SourceFailed("host_key in the connection's extra is no key like 'ssh-ed25519 AAAA…'") from error


def _private_key(extra: Mapping[str, str]) -> paramiko.PKey | None:
    """Return the key to sign in with, None where a password does it; no message quotes it."""
    text = extra.get("private_key", "")
    if file := extra.get("key_file"):
        text = Path(file).read_text(encoding="utf-8")
    if not text:
        return None
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text), extra.get("private_key_passphrase"))
        except paramiko.PasswordRequiredException:
            raise SourceFailed("the private key is locked: private_key_passphrase is missing in the extra") from None
        except (paramiko.SSHException, ValueError):
            continue
    raise SourceFailed("the private key is none that can be read, or private_key_passphrase does not unlock it")


def _pinning(key: paramiko.PKey) -> str:
    return (
        f"It shows {key.get_name()} {key.fingerprint}; when the agency confirms that fingerprint, write into the "
        f'connection\'s Extra: "host_key": "{key.get_name()} {key.get_base64()}"'
    )


def _entry(name: str, attributes: paramiko.SFTPAttributes) -> Entry:
    if attributes.st_size is None or attributes.st_mtime is None:
        raise SourceFailed(f"the server does not tell the size and the time of {name}")
    return Entry(name, attributes.st_size, int(attributes.st_mtime))
