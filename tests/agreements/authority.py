"""A timestamp authority (RFC 3161) for tests: a real web server in a thread, which can also misbehave.

It has a root of its own, which issues certificates for timestamps as long or short as a test wants, and
publishes the list of those that it revoked.
"""

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from agreements.sealing import Timestamps


def named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])


def usage(**on: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: on.get(name, False) for name in names})


class Root:
    """An issuer with a name and a key."""

    def __init__(self, name: str, days: int = 4000) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        self.certificate = (
            x509.CertificateBuilder(named(name), named(name), self.private.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=400))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage(key_cert_sign=True, crl_sign=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.private.public_key()), critical=False)
            .sign(self.private, hashes.SHA256())
        )
        self.pem = self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self, public: Any, name: str, days: int, *extensions: tuple[x509.ExtensionType, bool]
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.private.public_key())
        builder = (
            x509.CertificateBuilder(self.certificate.subject, named(name), public, x509.random_serial_number())
            .not_valid_before(now - timedelta(days=300))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(issuer_key, critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.private, hashes.SHA256())

    def revoked(self, *certificates: x509.Certificate) -> bytes:
        """The list of revoked certificates, signed now."""
        now = datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder(
            self.certificate.subject, now - timedelta(hours=1), now + timedelta(days=7)
        )
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.private.public_key())
        builder = builder.add_extension(x509.CRLNumber(1), False).add_extension(issuer_key, False)
        for each in certificates:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder(each.serial_number, now - timedelta(days=1)).build()
            )
        return builder.sign(self.private, hashes.SHA256()).public_bytes(Encoding.DER)


class Authority:
    """The server. `behaviour` is how it answers: "good", or how it fails; `asked` counts requests."""

    def __init__(self, name: str = "Timestamps for tests", days: int = 3000) -> None:
        self.root = Root(f"{name}: root")
        self.private = rsa.generate_private_key(65537, 2048)
        self.behaviour, self.asked, self.password = "good", 0, ""
        self.lists: dict[str, bytes] = {}
        self.released = Event()
        self.certify(days)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def timestamps(self) -> Timestamps:
        return Timestamps(f"{self.address}/timestamp", self.root.pem)

    def certify(self, days: int, *extensions: tuple[x509.ExtensionType, bool]) -> None:
        """Take a new certificate for timestamps, which ends in so many days."""
        self.certificate = self.root.issue(
            self.private.public_key(),
            "Timestamps for tests",
            days,
            (x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), True),
            (usage(digital_signature=True), True),
            *extensions,
        )

    def answer(self, body: bytes) -> bytes:
        """A timestamp response in bytes, right or wrong as told."""
        request = tsp.TimeStampReq.load(body)
        if self.behaviour == "wrong nonce":
            request["nonce"] = 42
        if self.behaviour == "wrong digest":
            request["message_imprint"]["hashed_message"] = bytes(32)
        if self.behaviour == "refuses":
            status = tsp.PKIStatusInfo({"status": "rejection", "status_string": ["no credit left"]}).dump()
            return b"\x30" + bytes([len(status)]) + status
        private = self.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        stamper = DummyTimeStamper(
            asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER)),
            asn1_keys.PrivateKeyInfo.load(private),
            fixed_dt=datetime.now(UTC).replace(microsecond=0),
        )
        answer = stamper.request_tsa_response(request).dump()
        if self.behaviour == "signature broken":
            return answer[:-1] + bytes([answer[-1] ^ 1])
        return answer

    def _handler(authority) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                authority.asked += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                wanted = "Basic " + base64.b64encode(authority.password.encode()).decode()
                if authority.password and self.headers.get("Authorization") != wanted:
                    self.send_error(401)
                elif authority.behaviour == "breaks":
                    self.send_error(500)
                elif authority.behaviour == "hangs up":
                    self.close_connection = True
                elif authority.behaviour == "slow":
                    authority.released.wait(60)
                elif authority.behaviour == "sends on":
                    self.send_response(307)
                    self.send_header("Location", "/elsewhere")
                    self.end_headers()
                elif authority.behaviour == "garbage":
                    self.give(b"this is no timestamp", "application/timestamp-reply")
                elif authority.behaviour == "endless":
                    self.give(bytes(1 << 20), "application/timestamp-reply")
                elif authority.behaviour == "a web page":
                    self.give(b"<title>Welcome</title>", "text/html")
                elif authority.behaviour == "second fails" and authority.asked % 2 == 0:
                    self.send_error(503)
                else:
                    self.give(authority.answer(body), "application/timestamp-reply")

            def do_GET(self) -> None:
                if self.path in authority.lists:
                    self.give(authority.lists[self.path], "application/pkix-crl")
                else:
                    self.send_error(404)

            def give(self, body: bytes, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words: object) -> None:
                pass

        return Handler


@contextmanager
def running(name: str = "Timestamps for tests", days: int = 3000) -> Iterator[Authority]:
    authority = Authority(name, days)
    thread = Thread(target=authority.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield authority
    finally:
        authority.released.set()
        authority.server.shutdown()
        authority.server.server_close()
        thread.join()
        time.sleep(0)
