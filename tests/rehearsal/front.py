"""Takes requests over TLS, with a certificate of this moment that nobody signed, and hands them to the gateway."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.rehearsal.events import Reply
from tests.rehearsal.gateway import LONGEST_BODY, Gateway

HOST = "127.0.0.1"


def certified() -> ssl.SSLContext:
    """Return what a server needs to speak TLS as 127.0.0.1 for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST)), x509.DNSName("localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        both = Path(folder) / "both.pem"
        both.write_bytes(private + certificate.public_bytes(encoding))
        context.load_cert_chain(both)
    return context


class Front(ThreadingHTTPServer):
    """Listens at a port of 127.0.0.1, one thread a connection."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, gateway: Gateway, port: int) -> None:
        self.gateway = gateway
        self._context = certified()
        super().__init__((HOST, port), _Connection)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the connection's own thread, so that nobody waits for a slow one."""
        with contextlib.suppress(ssl.SSLError, OSError):
            secured = self._context.wrap_socket(request, server_side=True)
            try:
                super().finish_request(secured, client_address)
            finally:
                secured.close()


class _Connection(BaseHTTPRequestHandler):
    server: Front
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    timeout = 180

    def _any(self) -> None:
        body = self._body()
        if body is None:
            self.close_connection = True
        source = str(self.client_address[0])
        reply = self.server.gateway.answer(self.command, self.path, list(self.headers.items()), body, source)
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            self._send(reply)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _any  # noqa: N815

    def _body(self) -> bytes | None:
        """Return the request's body, None if it is too long to be read."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                if len(body) + size > LONGEST_BODY:
                    return None
                body += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return body
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal():
            return None
        if int(length) > LONGEST_BODY:
            # Whoever is cut off while sending never reads the answer.
            for _ in range(min(int(length), 10 * LONGEST_BODY) // 65536):
                self.rfile.read(65536)
            return None
        return self.rfile.read(int(length))

    def _send(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Date", self.date_time_string())
        self.send_header("Content-Length", str(len(reply.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Write nothing."""
