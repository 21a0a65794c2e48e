"""Where the server may listen, and what it says when it may not."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
from pathlib import Path

import pytest

from upwell.base.errors import BadInput, Unavailable
from upwell.platform.listening import Listening, check, check_port, is_loopback, names_words, port_words

EVERYWHERE = "0.0.0.0"  # noqa: S104 - only asked about


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("::1", True),
        (EVERYWHERE, False),
        ("", False),
        ("192.0.2.1", False),
        ("::", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_a_public_address_needs_https(port: int) -> None:
    with pytest.raises(BadInput, match="passkeys"):
        check(Listening(host=EVERYWHERE, port=port))
    check(Listening(host=EVERYWHERE, port=port, insecure_http=True))
    check(Listening(host=EVERYWHERE, port=port, trusted_proxies=("10.0.0.0/8",)))
    check(Listening(port=port))


def test_a_demo_stays_at_home(port: int) -> None:
    check(Listening(port=port, demo=True))
    for host in (EVERYWHERE, "", "::"):
        with pytest.raises(BadInput, match="Demo mode"):
            check(Listening(host=host, port=port, demo=True, insecure_http=True))


@pytest.mark.parametrize(
    "asked",
    [
        Listening(port=0),
        Listening(port=65536),
        Listening(workers=0),
        Listening(trusted_proxies=("example",)),
        Listening(host="no.such.host.invalid"),
        Listening(tls_cert=Path("/x")),
        Listening(tls_key=Path("/x")),
        Listening(tls_cert=Path("/absent"), tls_key=Path("/absent")),
    ],
)
def test_what_can_not_be(asked: Listening) -> None:
    with pytest.raises(BadInput) as refusal:
        check(asked)
    assert refusal.value.path
    assert refusal.value.path.startswith("--")


def test_port_taken(port: int) -> None:
    taken = pytest.raises(Unavailable, match=f"Port {port} .* taken .* --port {port + 1}")
    with socket.create_server(("127.0.0.1", port)), taken:
        check_port("127.0.0.1", port, patience_seconds=0.1)
    check_port("127.0.0.1", port)


def test_other_problems_in_words() -> None:
    assert "below 1024" in port_words("127.0.0.1", 80, OSError(errno.EACCES, os.strerror(errno.EACCES)))
    with pytest.raises(Unavailable, match="no address of this machine"):
        check_port("192.0.2.1", 8000)


def test_certificates(tmp_path: Path, port: int) -> None:
    for name in ("one", "two"):
        subprocess.run(
            [
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=x",
                "-days",
                "2",
                "-keyout",
                tmp_path / f"{name}.key",
                "-out",
                tmp_path / f"{name}.crt",
            ],
            check=True,
            capture_output=True,
        )
    cert, key, other = tmp_path / "one.crt", tmp_path / "one.key", tmp_path / "two.key"
    check(Listening(host=EVERYWHERE, port=port, tls_cert=cert, tls_key=key))
    with pytest.raises(BadInput, match="do not fit"):
        check(Listening(port=port, tls_cert=cert, tls_key=other))
    old = tmp_path / "old.key"
    subprocess.run(
        ["openssl", "rsa", "-in", key, "-out", old, "-traditional"], check=True, capture_output=True
    )
    with pytest.raises(BadInput, match="openssl pkcs8 -topk8"):
        check(Listening(port=port, tls_cert=cert, tls_key=old))


def test_address_to_open() -> None:
    assert Listening(host=EVERYWHERE).url == "http://127.0.0.1:8000"
    assert Listening(host="::1", port=1).url == "http://[::1]:1"
    assert Listening(tls_cert=Path("/x")).url == "https://127.0.0.1:8000"


def test_names_that_others_could_not_use_are_told() -> None:
    ours = ["127.0.0.1", "localhost", "[::1]"]
    assert names_words("127.0.0.1", ours) == ""
    assert "UPWELL_HOSTS" in names_words(EVERYWHERE, ours)
    assert names_words(EVERYWHERE, [*ours, "upwell.example.org"]) == ""
