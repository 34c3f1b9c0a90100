"""An authenticator in software: what a phone or a security key does, so that tests can do it well or badly."""

import copy
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

USER_PRESENT_FLAG, USER_VERIFIED_FLAG, ATTESTED_DATA_FLAG = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One device with one passkey, in a browser that is at `origin`."""

    origin: str = "https://sign.example.org"
    host: str = "sign.example.org"
    counts_signatures: bool = True
    """Whether it says how often it has signed; those of phones say 0 for ever."""
    verifies_user: bool = True
    """Whether it asks for a finger or a PIN."""
    sign_count: int = 0
    credential_id: bytes = b""
    handle: str = ""
    _key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: str) -> str:
        """Make a passkey, as asked; the credential as the script of the page sends it."""
        asked = json.loads(options)
        self.handle = asked["user"]["id"]
        self.credential_id = self.credential_id or hashlib.sha256(self.handle.encode() + self._public()).digest()
        numbers = self._key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(key)
        data = self._data(ATTESTED_DATA_FLAG) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._written(
            {
                "clientDataJSON": bytes_to_base64url(self._client("webauthn.create", asked["challenge"])),
                "attestationObject": bytes_to_base64url(attestation),
            }
        )

    def get(self, options: str) -> str:
        """Sign a challenge."""
        client, data = self._client("webauthn.get", json.loads(options)["challenge"]), self._data()
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._written(
            {
                "clientDataJSON": bytes_to_base64url(client),
                "authenticatorData": bytes_to_base64url(data),
                "signature": bytes_to_base64url(signature),
                "userHandle": self.handle,
            }
        )

    def clone(self) -> "Authenticator":
        """A copy of it as it is now, as a thief would make it."""
        return copy.copy(self)

    def _data(self, more: int = 0) -> bytes:
        self.sign_count += self.counts_signatures
        flags = USER_PRESENT_FLAG | (USER_VERIFIED_FLAG if self.verifies_user else 0) | more
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.sign_count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _written(self, response: dict[str, str]) -> str:
        name = bytes_to_base64url(self.credential_id)
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
        )  # fmt: skip

    def _public(self) -> bytes:
        return str(self._key.public_key().public_numbers().x).encode()


def challenge_of(options: str) -> bytes:
    """The challenge in what a browser is asked."""
    return base64url_to_bytes(json.loads(options)["challenge"])
