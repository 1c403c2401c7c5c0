"""Servers of other people on loopback: HTTP and SMTP receivers that accept, refuse, hang or break off, as a test wants."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HANG = b"hang"
"""Answer of an HTTP receiver that never answers."""


def answer(status: int, *headers: str, body: bytes = b"") -> bytes:
    """An HTTP answer."""
    lines = (f"HTTP/1.1 {status} X", *headers, f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(lines).encode() + body


@dataclass(frozen=True)
class Request:
    """What an HTTP receiver got: the names of headers are in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpReceiver:
    """Answers requests with `answers`, in order, and then with 200. `on_request` is called before each answer."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    answers: deque[bytes] = field(default_factory=deque)
    on_request: Callable[[Request], None] = lambda _request: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])
                }
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                request = Request(head[0].split(" ")[1], headers, body)
                self.requests.append(request)
                self.on_request(request)
                said = self.answers.popleft() if self.answers else answer(200)
                if said == HANG:
                    await reader.read()
                    return
                writer.write(said)
                await writer.drain()
                if not said.startswith(b"HTTP") or b"Content-Length" not in said:
                    return
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def http_receiver(host: str = "127.0.0.1") -> AsyncIterator[HttpReceiver]:
    """A receiver that runs for the block."""
    receiver = HttpReceiver()
    server = await asyncio.start_server(receiver.serve, host, 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        if hasattr(server, "close_clients"):
            server.close_clients()


@dataclass
class SmtpReceiver:
    """Keeps the messages; answers recipients and messages with `answers`, in order, and then accepts."""

    port: int = 0
    messages: list[tuple[list[str], bytes]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    recipient_answers: deque[str] = field(default_factory=deque)
    answers: deque[str] = field(default_factory=deque)
    connections: int = 0

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.recipient_answers:
            return self.recipient_answers.popleft()
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers:
            return self.answers.popleft()
        self.messages.append((list(envelope.rcpt_tos), bytes(envelope.content)))
        return "250 OK"

    def authenticate(self, _server: SMTP, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=True)


@asynccontextmanager
async def smtp_receiver(certificate: ssl.SSLContext | None = None) -> AsyncIterator[SmtpReceiver]:
    """A mail server that runs for the block, with STARTTLS if it has a certificate."""
    receiver = SmtpReceiver()
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        receiver.connections += 1
        return SMTP(
            receiver, hostname="localhost", loop=loop, enable_SMTPUTF8=True, tls_context=certificate,
            authenticator=receiver.authenticate, auth_require_tls=certificate is not None,
        )  # fmt: skip

    server = await loop.create_server(connection, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


def make_certificate(directory: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context for localhost and 127.0.0.1, and the file of the authority that a client needs to trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = directory / "certificate.pem", directory / "key.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    return context, public
