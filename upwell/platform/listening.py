"""Where to listen, and whether it is safe to: checked before anything is started."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import ssl
import time
from dataclasses import dataclass
from pathlib import Path

from upwell.base.errors import BadInput, Unavailable
from upwell.platform.configuration import variable

APPLICATION = "upwell.platform.asgi:app"
PORTS = range(1, 65536)


@dataclass(frozen=True, slots=True)
class Listening:
    """What ``upwell serve`` was asked for."""

    host: str = "127.0.0.1"
    port: int = 8000
    tls_cert: Path | None = None
    tls_key: Path | None = None
    trusted_proxies: tuple[str, ...] = ()
    workers: int = 1
    insecure_http: bool = False
    demo: bool = False
    application: str = APPLICATION

    @property
    def tls(self) -> bool:
        return self.tls_cert is not None

    @property
    def url(self) -> str:
        """The address to open in a browser on this machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.host in ("", "0.0.0.0", "::"):  # noqa: S104 - compared, not listened on
            host = "127.0.0.1"
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host or None, 0, flags=socket.AI_PASSIVE)}
    except OSError as error:
        raise BadInput(f"--host {host} is no address of this machine ({error}).", path="--host") from error
    return bool(found) and all(ipaddress.ip_address(address.split("%")[0]).is_loopback for address in found)


def check(asked: Listening) -> None:
    """Refuse what would be unsafe or can't work, with the reason and the mend."""
    if asked.port not in PORTS:
        raise BadInput(port_range_words(asked.port), path="--port")
    if asked.workers < 1:
        raise BadInput(f"--workers {asked.workers} is too few; one is the least.", path="--workers")
    for network in asked.trusted_proxies:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError as error:
            raise BadInput(
                f"--trusted-proxy {network} is no address or network, such as 10.0.0.5 or 10.0.0.0/24.",
                path="--trusted-proxy",
            ) from error
    check_tls(asked.tls_cert, asked.tls_key)
    if not is_loopback(asked.host):
        _check_public(asked)
    check_port(asked.host, asked.port)


def _check_public(asked: Listening) -> None:
    if asked.demo:
        raise BadInput(
            f"Demo mode lets anyone in with one click, so it does not listen on "
            f"{asked.host or 'every address'}. Leave --host out (127.0.0.1), or use a home that is no demo.",
            path="--host",
        )
    if not (asked.tls or asked.trusted_proxies or asked.insecure_http):
        raise BadInput(
            f"{asked.host or 'Every address'} can be reached from outside, and without HTTPS passwords and "
            "charts would travel in the open; passkeys and the phone app need HTTPS too. Give --tls-cert and "
            "--tls-key, or --trusted-proxy with the address of your HTTPS proxy; "
            "--insecure-http overrides this.",
            path="--host",
        )


def names_words(host: str, names: list[str]) -> str:
    """What to set when others can reach the address, but every name they could use would be refused."""
    if is_loopback(host) or set(names) - {"127.0.0.1", "localhost", "[::1]"}:
        return ""
    return (
        f"Only requests for {', '.join(names)} are answered. Set {variable('allowed_hosts')} to the name under "
        "which others open it, and start again."
    )


def check_tls(cert: Path | None, key: Path | None) -> None:
    """Refuse a certificate and key that are not there, don't fit each other or can't be used."""
    if cert is None and key is None:
        return
    if cert is None or key is None:
        raise BadInput("--tls-cert and --tls-key go together; one of them is missing.", path="--tls-cert")
    for option, path in (("--tls-cert", cert), ("--tls-key", key)):
        try:
            text = path.read_bytes()
        except OSError as error:
            raise BadInput(f"{option} {path} can't be read: {error.strerror}.", path=option) from error
        if option == "--tls-key" and b"-----BEGIN PRIVATE KEY-----" not in text:
            raise BadInput(
                f"--tls-key {path} is not an unencrypted PKCS#8 key. Convert it: "
                f"openssl pkcs8 -topk8 -nocrypt -in {path} -out {path}.pk8",
                path=option,
            )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
    except (ssl.SSLError, OSError) as error:
        raise BadInput(f"{cert} and {key} do not fit each other: {error}.", path="--tls-cert") from error


def check_port(host: str, port: int, patience_seconds: float = 1.0) -> None:
    """Refuse a port that is taken; waits a moment for a former server that is just going down."""
    deadline = time.monotonic() + patience_seconds
    while (
        (problem := port_problem(host, port))
        and problem.errno == errno.EADDRINUSE
        and time.monotonic() < deadline
    ):
        time.sleep(0.05)
    if problem is not None:
        raise Unavailable(port_words(host, port, problem))


def port_range_words(port: int) -> str:
    """That a number can't be a port, as a sentence."""
    return f"--port {port} is no port; it is a number from {PORTS[0]} to {PORTS[-1]}."


def port_problem(host: str, port: int) -> OSError | None:
    """What stands against listening there, if anything."""
    try:
        entries = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = entries[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return error
    return None


def port_words(host: str, port: int, problem: OSError) -> str:
    """The same as a sentence with its mend."""
    if problem.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program. "
            f"Stop it (ss -ltnp 'sport = :{port}' shows it), or choose another port: --port {port + 1}"
        )
    if problem.errno in (errno.EACCES, errno.EPERM):
        return (
            f"{_me()} may not listen on port {port}; ports below 1024 are for root. "
            "Choose another: --port 8000"
        )
    if problem.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine. Choose another: --host 127.0.0.1"
    return f"Can't listen on {host}:{port}: {problem.strerror or problem}."


def _me() -> str:
    from upwell.platform.home import user_name

    return user_name(os.geteuid())
