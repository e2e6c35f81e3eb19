"""What SFTP alone has: host keys, two ways to sign in, links, and connections that are lost."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from creditlake.connectors.endpoint import Endpoint, SourceFailed
from creditlake.lake import LakePaths

from tests.connectors.servers import Sftp
from tests.connectors.stores import (
    Agency,
    bytes_in,
    no_half_file,
    on_sftp,
    pulled,
    wait_until,
)
from tests.unit.deliveries import ratings_csv

OTHER_HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGzrUO3jpYqXtdBjZWRxZ7AV7zTQn6VkWQ2hqTzVpYbU"


@pytest.fixture
def agency(sftp_server: Sftp, tmp_path: Path) -> Agency:
    made = on_sftp(sftp_server, tmp_path / "outgoing")
    made.put("ratings-2026-10.csv", ratings_csv({}).encode())
    return made


def names(paths: LakePaths, agency: Agency, endpoint: Endpoint) -> list[str]:
    return [delivery.path.name for delivery in pulled(paths, agency.feed(), endpoint)]


def fingerprint(server: Sftp) -> str:
    """The server's fingerprint as OpenSSH itself writes it."""
    shown = subprocess.run(["ssh-keygen", "-l", "-f", "-"], input=server.host_key, capture_output=True, text=True)
    return shown.stdout.split()[1]


@pytest.mark.parametrize("word", ["whole", "second"])
def test_a_host_key_is_pinned_with_or_without_its_kind(
    paths: LakePaths, agency: Agency, sftp_server: Sftp, word: str
) -> None:
    key = sftp_server.host_key if word == "whole" else sftp_server.host_key.split()[1]
    endpoint = sftp_server.endpoint(host_key=key, key_file=str(sftp_server.private_key))

    assert names(paths, agency, endpoint) == ["ratings-2026-10.csv"]


def test_a_host_key_may_stand_in_a_known_hosts_file(
    paths: LakePaths, agency: Agency, sftp_server: Sftp, tmp_path: Path
) -> None:
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{sftp_server.port} {sftp_server.host_key}\n", encoding="ascii")
    endpoint = sftp_server.endpoint(known_hosts=str(known), key_file=str(sftp_server.private_key))

    assert names(paths, agency, endpoint) == ["ratings-2026-10.csv"]


def test_a_server_whose_key_nobody_pinned_is_sent_nothing_and_the_message_says_what_to_pin(
    paths: LakePaths, agency: Agency, sftp_server: Sftp
) -> None:
    endpoint = sftp_server.endpoint(password=sftp_server.password, timeout="20")

    with pytest.raises(SourceFailed, match="is not known; nothing was sent to it") as refused:
        names(paths, agency, endpoint)

    assert fingerprint(sftp_server) in str(refused.value)
    assert f'"host_key": "{sftp_server.host_key}"' in str(refused.value)


def test_a_server_that_shows_another_key_than_the_pinned_one_is_refused(
    paths: LakePaths, agency: Agency, sftp_server: Sftp
) -> None:
    endpoint = sftp_server.endpoint(password=sftp_server.password, host_key=OTHER_HOST_KEY)

    with pytest.raises(SourceFailed, match="another host key than the pinned one") as refused:
        names(paths, agency, endpoint)

    assert fingerprint(sftp_server) in str(refused.value)


def test_a_host_key_that_is_none_is_told(paths: LakePaths, agency: Agency, sftp_server: Sftp) -> None:
    for wrong in ("ssh-ed25519", "ssh-ed25519 !!!", "AAAA"):
        with pytest.raises(SourceFailed, match="host_key in the connection's extra is no key"):
            names(paths, agency, sftp_server.endpoint(host_key=wrong))


def test_a_password_signs_in(paths: LakePaths, agency: Agency, sftp_server: Sftp) -> None:
    if not sftp_server.password:
        pytest.skip("a server without root's rights cannot check passwords")
    endpoint = sftp_server.endpoint(password=sftp_server.password, host_key=sftp_server.host_key)

    assert names(paths, agency, endpoint) == ["ratings-2026-10.csv"]


def test_a_wrong_password_is_told_and_shown_nowhere(
    paths: LakePaths, agency: Agency, sftp_server: Sftp, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "a-password-nobody-may-read"

    with caplog.at_level(logging.DEBUG), pytest.raises(SourceFailed, match="Authentication failed") as failed:
        names(paths, agency, sftp_server.endpoint(password=wrong, host_key=sftp_server.host_key))

    assert wrong not in str(failed.value) + caplog.text
    assert str(failed.value).startswith("tax, agency_sftp (127.0.0.1:")


def test_the_key_to_sign_in_may_be_a_text_and_locked(
    paths: LakePaths, agency: Agency, sftp_server: Sftp, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    locked = tmp_path / "locked"
    locked.write_bytes(sftp_server.private_key.read_bytes())
    locked.chmod(0o600)
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "a long word", "-f", str(locked)], check=True)
    text = locked.read_text(encoding="ascii")
    known = {"host_key": sftp_server.host_key, "private_key": text}

    with caplog.at_level(logging.DEBUG):
        assert names(paths, agency, sftp_server.endpoint(**known, private_key_passphrase="a long word"))
        for passphrase, message in (({}, "is missing"), ({"private_key_passphrase": "another"}, "does not unlock")):
            with pytest.raises(SourceFailed, match=message) as failed:
                names(paths, agency, sftp_server.endpoint(**known, **passphrase))
            assert "OPENSSH" not in str(failed.value) and text.splitlines()[2] not in str(failed.value)

    assert "a long word" not in caplog.text and text.splitlines()[2] not in caplog.text


def test_a_key_file_that_is_not_there_is_told(paths: LakePaths, agency: Agency, sftp_server: Sftp) -> None:
    with pytest.raises(SourceFailed, match="No such file"):
        names(paths, agency, sftp_server.endpoint(host_key=sftp_server.host_key, key_file="/not/there"))


def test_a_link_counts_as_the_file_it_leads_to_and_what_is_no_file_is_told(
    paths: LakePaths, agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    folder = Path(agency.folder)
    (folder / "arrears-2026-10.csv").symlink_to("ratings-2026-10.csv")
    (folder / "violations-2026-10.csv").symlink_to("nowhere.csv")
    (folder / "arrears-2026-11.csv").mkdir()
    os.mkfifo(folder / "ratings-2026-11.csv")

    assert names(paths, agency, agency.endpoint) == ["arrears-2026-10.csv", "ratings-2026-10.csv"]
    assert all(name in caplog.text for name in ("violations-2026-10.csv", "arrears-2026-11.csv", "ratings-2026-11.csv"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # paramiko's own prefetching thread
def test_a_connection_that_is_lost_in_the_middle_leaves_nothing_and_the_next_run_is_exact(
    paths: LakePaths, agency: Agency, sftp_server: Sftp
) -> None:
    content = os.urandom(64 << 20)
    agency.put("ratings-2026-11.csv", content)

    def lose() -> None:
        wait_until(lambda: bytes_in(paths) > 8 << 20)
        sftp_server.drop_sessions()

    thread = threading.Thread(target=lose)
    thread.start()
    found = pulled(paths, agency.feed(), agency.endpoint)
    assert next(found).path.name == "ratings-2026-10.csv"
    with pytest.raises(SourceFailed, match=r"^tax, agency_sftp .*ratings-2026-11.csv"):
        next(found)
    thread.join()

    assert no_half_file(paths)
    first, second = pulled(paths, agency.feed(), agency.endpoint)
    assert first.path.read_bytes() == ratings_csv({}).encode()
    assert second.path.read_bytes() == content


def test_a_server_that_falls_silent_is_given_up(paths: LakePaths, agency: Agency, sftp_server: Sftp) -> None:
    content = os.urandom(64 << 20)
    agency.put("ratings-2026-11.csv", content)
    agency.remove("ratings-2026-10.csv")
    impatient = replace(agency.endpoint, extra={**agency.endpoint.extra, "timeout": "2"})

    def silence() -> None:
        wait_until(lambda: bytes_in(paths) > 8 << 20)
        for session in sftp_server.sessions():
            session.send_signal(signal.SIGSTOP)

    thread = threading.Thread(target=silence)
    thread.start()
    try:
        with pytest.raises(SourceFailed, match=r"^tax, agency_sftp .*ratings-2026-11.csv"):
            list(pulled(paths, agency.feed(), impatient))
    finally:
        thread.join()
        sftp_server.drop_sessions()

    assert no_half_file(paths)
    (later,) = pulled(paths, agency.feed(), impatient)
    assert later.path.read_bytes() == content


def test_who_is_done_signs_out(paths: LakePaths, agency: Agency, sftp_server: Sftp) -> None:
    before = {session.pid for session in sftp_server.sessions()}

    assert names(paths, agency, agency.endpoint) == ["ratings-2026-10.csv"]

    wait_until(lambda: {session.pid for session in sftp_server.sessions()} <= before)
