"""A time-stamp authority (RFC 3161) on this machine: real requests, real tokens, a key and certificates of its own."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

STAMPED_AT = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
# Object identifiers, and structures that are always the same, in DER.
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
_POLICY = bytes.fromhex("06042a030401")
_SIGNED_DATA, _TST_INFO = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("060b2a864886f70d0109100104")
_CONTENT_TYPE, _MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010903"), bytes.fromhex("06092a864886f70d010904")
_SIGNING_CERTIFICATE = bytes.fromhex("060b2a864886f70d010910022f")
_INTEGER, _OCTETS, _UTF8, _TIME, _SEQUENCE, _SET, _TAGGED = 0x02, 0x04, 0x0C, 0x18, 0x30, 0x31, 0xA0


def _der(tag: int, *contents: bytes) -> bytes:
    """A value in DER."""
    body = b"".join(contents)
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8 or 1, "big")
    return bytes([tag]) + (size if len(body) < 128 else bytes([0x80 | len(size)]) + size) + body


def _values(data: bytes) -> list[tuple[int, bytes]]:
    """Tags and contents of the values that stand one after the other."""
    found, at = [], 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size & 0x80:
            octets = size & 0x7F
            size, at = int.from_bytes(data[at : at + octets], "big"), at + octets
        found.append((tag, data[at : at + size]))
        at += size
    return found


def _integer(number: int) -> bytes:
    return _der(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class TimestampAuthority:
    """An authority with a root and a certificate for stamping. What it answers can be told to it."""

    def __init__(self) -> None:
        self._root_key, self._key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        self.root = self._certify("Root", self._root_key.public_key(), is_root=True)
        self.certificate = self._certify("Stamping", self._key.public_key(), is_root=False)
        self.mode = "stamp"
        """stamp, refuse, wait, break (HTTP 500), garbage, other (stamps something else), or replay (another nonce)."""
        self.asked = 0
        self.url = ""

    @property
    def pem(self) -> bytes:
        """What is published of it: the root."""
        return self.root.public_bytes(Encoding.PEM)

    @property
    def stamping_pem(self) -> bytes:
        """Its other certificate, which is no root."""
        return self.certificate.public_bytes(Encoding.PEM)

    def answer(self, body: bytes) -> bytes:
        """The answer to a request, as DER."""
        ((_, request),) = _values(body)
        (_, version), (_, imprint), (_, nonce), (_, with_certificates) = _values(request)
        assert (version, with_certificates) == (b"\x01", b"\xff")
        if self.mode in ("refuse", "wait"):
            said = _der(_SEQUENCE, _der(_UTF8, b"not today"))
            return _der(_SEQUENCE, _der(_SEQUENCE, _integer(2 if self.mode == "refuse" else 3), said))
        if self.mode == "other":
            imprint = _SHA256 + _der(_OCTETS, hashlib.sha256(b"other").digest())
        if self.mode == "replay":
            nonce = b"\x01" + nonce
        at = f"{STAMPED_AT:%Y%m%d%H%M%SZ}".encode()
        what = _der(_SEQUENCE, imprint)
        info = _der(_SEQUENCE, _integer(1), _POLICY, what, _integer(self.asked), _der(_TIME, at), _der(_INTEGER, nonce))
        token = _der(_SEQUENCE, _SIGNED_DATA, _der(_TAGGED, self._sign(info)))
        return _der(_SEQUENCE, _der(_SEQUENCE, _integer(0)), token)

    def _sign(self, content: bytes) -> bytes:
        """CMS SignedData (RFC 5652) of a TSTInfo."""
        certificate, root = (one.public_bytes(Encoding.DER) for one in (self.certificate, self.root))
        reference = _der(_SEQUENCE, _der(_SEQUENCE, _der(_SEQUENCE, _der(_OCTETS, hashlib.sha256(certificate).digest()))))
        attributes = sorted(
            _der(_SEQUENCE, name, _der(_SET, value))
            for name, value in (
                (_CONTENT_TYPE, _TST_INFO),
                (_MESSAGE_DIGEST, _der(_OCTETS, hashlib.sha256(content).digest())),
                (_SIGNING_CERTIFICATE, reference),
            )
        )
        signature = self._key.sign(_der(_SET, *attributes), ec.ECDSA(hashes.SHA256()))
        signer = _der(
            _SEQUENCE, _integer(1), _der(_SEQUENCE, self.certificate.issuer.public_bytes(), _integer(2)), _SHA256,
            _der(_TAGGED, *attributes), _ECDSA_WITH_SHA256, _der(_OCTETS, signature),
        )  # fmt: skip
        return _der(
            _SEQUENCE, _integer(3), _der(_SET, _SHA256), _der(_SEQUENCE, _TST_INFO, _der(_TAGGED, _der(_OCTETS, content))),
            _der(_TAGGED, *sorted((certificate, root))), _der(_SET, signer),
        )  # fmt: skip

    def _certify(self, name: str, key: ec.EllipticCurvePublicKey, *, is_root: bool) -> x509.Certificate:
        made = (
            x509.CertificateBuilder()
            .subject_name(_name(name)).issuer_name(_name("Root")).public_key(key).serial_number(1 if is_root else 2)
            .not_valid_before(STAMPED_AT - timedelta(days=1)).not_valid_after(STAMPED_AT + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._root_key.public_key()), critical=False)
        )  # fmt: skip
        if not is_root:
            made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        return made.sign(self._root_key, hashes.SHA256())


@contextmanager
def timestamp_authority() -> Iterator[TimestampAuthority]:
    """An authority that listens on this machine."""
    authority = TimestampAuthority()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            authority.asked += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            is_query = self.headers["Content-Type"] == "application/timestamp-query"
            answer = b"nothing" if authority.mode == "garbage" else authority.answer(body)
            self.send_response(200 if is_query and authority.mode != "break" else 500)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    authority.url = f"http://127.0.0.1:{server.server_port}/tsr"
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
