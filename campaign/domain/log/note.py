"""Signed notes (C2SP signed-note): text with Ed25519 signatures below it, and the keys that make and check them."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519_NOTE = 1
"""Signature type: Ed25519 over the text of the note."""
ED25519_COSIGNATURE = 4
"""Signature type: timestamped Ed25519 of a witness over a checkpoint (C2SP tlog-cosignature)."""
MAX_SIGNATURES = 100
"""Signature lines read in one note; a note must be read with 16."""
_SIGNATURE_LINE = re.compile(r"— (?P<name>[^\s+]+) (?P<signature>[A-Za-z0-9+/]+={0,2})")
_VERIFIER_KEY = re.compile(r"(?P<name>[^\s+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+={0,2})")
_PRIVATE_KEY_PREFIX = "PRIVATE+KEY+"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_KEY_BYTES = 32


class InvalidNoteError(ValueError):
    """Octets that are no signed note, a key that is none, or a signature that does not hold; `str()` says which."""


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line."""

    name: str
    key_id: bytes
    """4 octets."""
    signature: bytes

    def line(self) -> str:
        """The line in a note, with its end."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """Text and its signatures, of which nothing was checked yet."""

    text: str
    """With the line end that closes it."""
    signatures: tuple[NoteSignature, ...]

    @classmethod
    def parse(cls, data: bytes | str) -> Self:
        """A note from its octets. Raises InvalidNoteError."""
        try:
            whole = data if isinstance(data, str) else data.decode()
        except UnicodeDecodeError:
            raise InvalidNoteError("it is not a signed note: not UTF-8") from None
        text, blank, lines = whole.rpartition("\n\n")
        if not blank or not text or not lines.endswith("\n") or _CONTROL.search(whole):
            raise InvalidNoteError("it is not a signed note")
        return cls(text + "\n", parse_signature_lines(lines))

    def serialise(self) -> str:
        """The note as it is published."""
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Public key with the name it signs under."""

    name: str
    public_key: bytes
    """32 octets (RFC 8032)."""
    signature_type: int = ED25519_NOTE

    @classmethod
    def parse(cls, text: str) -> Self:
        """A key from `name+id+base64`. Raises InvalidNoteError."""
        found = _VERIFIER_KEY.fullmatch(text.strip())
        data = _base64(found["key"]) if found else b""
        if not found or len(data) != 1 + _KEY_BYTES or data[0] not in (ED25519_NOTE, ED25519_COSIGNATURE):
            raise InvalidNoteError("it is not an Ed25519 verifier key, as in example.org/log+1234abcd+AbCd…")
        key = cls(found["name"], data[1:], data[0])
        if key.key_id.hex() != found["id"]:
            raise InvalidNoteError("its parts do not belong together: the number of the key is not that of its name and key")
        return key

    @property
    def key_id(self) -> bytes:
        """Number of the key, 4 octets."""
        data = self.name.encode() + b"\n" + bytes([self.signature_type]) + self.public_key
        return hashlib.sha256(data).digest()[:4]

    def serialise(self) -> str:
        """The key as it is published."""
        data = bytes([self.signature_type]) + self.public_key
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(data).decode()}"

    def signs(self, signature: NoteSignature) -> bool:
        """Whether a signature line names this key. Whether it holds is another question."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Whether an Ed25519 signature, 64 octets, is this key's over a message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SignerKey:
    """Private key with the name it signs under."""

    name: str
    seed: bytes
    """32 random octets (RFC 8032, 5.1.5)."""
    signature_type: int = ED25519_NOTE

    @property
    def verifier_key(self) -> VerifierKey:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, public, self.signature_type)

    @classmethod
    def parse(cls, text: str) -> Self:
        """A key from `PRIVATE+KEY+name+id+base64`. Raises InvalidNoteError."""
        private = text.strip().removeprefix(_PRIVATE_KEY_PREFIX)
        found = _VERIFIER_KEY.fullmatch(private) if private != text.strip() else None
        data = _base64(found["key"]) if found else b""
        if not found or len(data) != 1 + _KEY_BYTES or data[0] not in (ED25519_NOTE, ED25519_COSIGNATURE):
            raise InvalidNoteError("it is not a private key, as in PRIVATE+KEY+example.org+1234abcd+AbCd…")
        key = cls(found["name"], data[1:], data[0])
        if key.verifier_key.key_id.hex() != found["id"]:
            raise InvalidNoteError("its parts do not belong together: the number of the key is not that of its name and key")
        return key

    def serialise(self) -> str:
        """The private key as it is kept in a file."""
        data = bytes([self.signature_type]) + self.seed
        return f"{_PRIVATE_KEY_PREFIX}{self.name}+{self.verifier_key.key_id.hex()}+{base64.b64encode(data).decode()}"

    def sign_bytes(self, message: bytes) -> bytes:
        """An Ed25519 signature, 64 octets."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)

    def sign(self, text: str) -> Note:
        """A note with this one signature."""
        signature = NoteSignature(self.name, self.verifier_key.key_id, self.sign_bytes(text.encode()))
        return Note(text, (signature,))


def parse_signature_lines(lines: str) -> tuple[NoteSignature, ...]:
    """Signature lines one after the other, each with its end. Raises InvalidNoteError."""
    signatures = []
    for line in lines.removesuffix("\n").split("\n"):
        found = _SIGNATURE_LINE.fullmatch(line)
        data = _base64(found["signature"]) if found else b""
        if not found or len(data) < 5:
            raise InvalidNoteError("it is not a signed note: a line below the text is no signature")
        signatures.append(NoteSignature(found["name"], data[:4], data[4:]))
    if len(signatures) > MAX_SIGNATURES:
        raise InvalidNoteError("it has too many signatures")
    return tuple(signatures)


def verify_note(note: Note, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Those of some keys that signed the note. Raises InvalidNoteError where none did, or a signature of one does not hold."""
    signers = []
    for key in keys:
        for signature in note.signatures:
            if key.signs(signature):
                if not key.holds(note.text.encode(), signature.signature):
                    raise InvalidNoteError(f"the signature of {key.name} is forged, or the text was changed")
                signers.append(key)
                break
    if not signers:
        raise InvalidNoteError("it is not signed with the key that was expected")
    return tuple(signers)


def _base64(text: str) -> bytes:
    """What text in base64 says; nothing where it is not in its one canonical spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
    return data if base64.b64encode(data).decode() == text else b""
