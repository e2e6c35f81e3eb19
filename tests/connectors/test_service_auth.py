"""Every way to sign in, against a service that checks it; what is secret stays so."""

from __future__ import annotations

import logging
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from creditlake.connectors.endpoint import SourceFailed
from creditlake.connectors.service_auth import canonical
from creditlake.connectors.service_calls import Ask
from creditlake.connectors.service_spec import Auth, Basic, Bearer, NoAuth, ServicePull, Signed, TokenEndpoint
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.connectors.fault_server import PASSWORD, Agency, serving
from tests.connectors.service_feed import BY_NUMBER, pulled, rows_of, service

KINDS: dict[str, tuple[str, Auth]] = {
    "none": ("none", NoAuth()),
    "basic": ("basic", Basic()),
    "bearer": ("bearer", Bearer()),
    "token for JSON": ("token", TokenEndpoint("/token")),
    "token for a form": ("token", TokenEndpoint("/token", form=True)),
    "signed": ("signed", Signed()),
}


def guarded(auth: str, rows: int = 11) -> Agency:
    """An agency that lets in who signs in this way."""
    agency = Agency(rows_of(rows))
    agency.auth = auth
    return agency


@pytest.mark.parametrize(("name", "auth"), KINDS.values(), ids=KINDS)
def test_who_signs_in_as_agreed_gets_the_rows(name: str, auth: Auth, tmp_path: Path) -> None:
    with serving(guarded(name)) as port:
        assert pulled(port, tmp_path, spec=service(auth))[0] == rows_of(11)


@pytest.mark.parametrize(("name", "auth"), list(KINDS.values())[1:], ids=list(KINDS)[1:])
def test_who_signs_in_wrongly_gets_a_reason_at_once_and_no_secret_is_told(
    name: str, auth: Auth, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    agency = guarded(name)
    caplog.set_level(logging.DEBUG)
    with serving(agency) as port, pytest.raises(SourceFailed) as raised:
        pulled(port, tmp_path, spec=service(auth), password="another-secret")

    assert "it refused us (status 40" in str(raised.value)
    assert agency.asked <= 1
    assert "another-secret" not in str(raised.value) + caplog.text
    assert raised.value.__cause__ is None and raised.value.__suppress_context__


def test_a_signature_counts_the_body_and_every_word_of_the_query(tmp_path: Path) -> None:
    pull = replace(BY_NUMBER, query={"名称": "a b&c=d~+", "空": "", "b": "2"})
    for wanted in (pull, replace(pull, method="POST")):
        with serving(guarded("signed")) as port:
            assert pulled(port, tmp_path, wanted, service(Signed()))[0] == rows_of(11)


def test_no_two_signatures_are_the_same(tmp_path: Path) -> None:
    agency = guarded("signed")
    with serving(agency) as port:
        pulled(port, tmp_path, spec=service(Signed()))

    assert len({one.headers["x-nonce"] for one in agency.seen}) == len(agency.seen) == 3


def test_the_text_that_is_signed_is_the_documented_one() -> None:
    ask = Ask("get", "http://a.example:8080/v1/rows?b=2&a=x%20y&b=1&c=")

    assert canonical(ask, "1790000000", "n0") == (
        "GET\n/v1/rows\na=x%20y&b=1&b=2&c=\n1790000000\nn0\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


def test_a_token_that_ends_in_the_middle_is_renewed_and_nothing_is_read_twice(tmp_path: Path) -> None:
    agency = guarded("token", rows=40)
    agency.token_lasts = 3
    with serving(agency) as port:
        rows, _ = pulled(port, tmp_path, spec=service(TokenEndpoint("/token")))

    assert rows == rows_of(40)
    assert agency.sign_ins == 4  # ten pages, three a token


def test_a_new_token_that_is_refused_too_is_the_end(tmp_path: Path) -> None:
    agency = guarded("token")
    agency.token_lasts = 0
    with serving(agency) as port, pytest.raises(SourceFailed, match=r"it refused us \(status 401"):
        pulled(port, tmp_path, spec=service(TokenEndpoint("/token")))

    assert agency.sign_ins == 2


@pytest.mark.parametrize(
    ("auth", "facts", "reason"),
    [
        (Basic(), {"login": ""}, "its connection has no login"),
        (Bearer(), {"password": ""}, "its connection has no password"),
        (Bearer(), {"password": "密码"}, "a token or login that no header can carry"),
        (TokenEndpoint("/nowhere"), {}, "sign-in: it refused us (status 404"),
        (TokenEndpoint("/token", token="data.token"), {}, "sign-in: its answer to the sign-in has no data.token"),
        (NoAuth(), {"host": ""}, "its host is no address"),
        (NoAuth(), {"host": "ftp://127.0.0.1"}, "its host is no address"),
        (NoAuth(), {"host": "http://user:pw@127.0.0.1"}, "its host is no address"),
        (NoAuth(), {"extra": {"ca_file": "nowhere.pem"}}, "the ca_file of its connection cannot be read"),
    ],
)
def test_a_connection_that_cannot_do_says_what_it_lacks(
    auth: Auth, facts: dict[str, object], reason: str, tmp_path: Path
) -> None:
    with serving(guarded("token")) as port, pytest.raises(SourceFailed) as raised:
        pulled(port, tmp_path, spec=service(auth), **facts)

    assert reason in str(raised.value)
    assert PASSWORD not in str(raised.value)


def test_a_lasting_token_may_stand_in_the_extra_and_in_a_header_of_its_own(tmp_path: Path) -> None:
    agency = Agency(rows_of(2))
    with serving(agency) as port:
        pulled(port, tmp_path, spec=service(Bearer("X-Api-Key")), extra={"token": "an-api-key"})

    assert [one.headers["x-api-key"] for one in agency.seen] == ["an-api-key"]
    assert "authorization" not in agency.seen[0].headers


def test_the_beginning_of_all_paths_may_stand_in_the_host(tmp_path: Path) -> None:
    agency = Agency(rows_of(2))
    pull = ServicePull("/page", "data.list", BY_NUMBER.paging)
    with serving(agency) as port, pytest.raises(SourceFailed):
        pulled(port, tmp_path, pull, host="http://127.0.0.1/gateway/")

    assert {one.path for one in agency.seen} == {"/gateway/page"}


def test_a_service_in_tls_is_trusted_by_its_authority_alone(tmp_path: Path) -> None:
    certificate, context = own_certificate(tmp_path)
    agency = guarded("basic")
    with serving(agency, context) as port:
        known = {"database": "", "extra": {"ca_file": str(certificate)}}
        assert pulled(port, tmp_path, spec=service(Basic()), **known)[0] == rows_of(11)
        agency.seen.clear()
        with pytest.raises(SourceFailed, match="CERTIFICATE_VERIFY_FAILED"):
            pulled(port, tmp_path, spec=service(Basic()), database="")
        with pytest.raises(SourceFailed, match="CERTIFICATE_VERIFY_FAILED"):
            pulled(port, tmp_path, spec=service(Basic()), host="localhost", **known)

    assert agency.seen == []


def own_certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that signed itself, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "agency")])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file, key_file = folder / "agency.pem", folder / "agency.key"
    file.write_bytes(certificate.public_bytes(Encoding.PEM))
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key_file)
    return file, context


def test_a_service_in_tls_is_not_spoken_to_in_the_open(tmp_path: Path) -> None:
    agency = Agency(rows_of(2))
    with serving(agency) as port, pytest.raises(SourceFailed, match="cannot be reached"):
        pulled(port, tmp_path, database="")

    assert agency.seen == []
