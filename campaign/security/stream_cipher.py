"""Encrypted stream: a file of any length, encrypted with a passphrase, part by part, in little memory.

AES-256-GCM with a key derived from the passphrase by scrypt (RFC 7914). Each part has its number as nonce and says
whether it is the last, so that none can be left out, moved, or cut off at the end.
"""

import hashlib
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"countersign-backup/1\n"
_SALT_BYTES = 16
_PART_BYTES = 1 << 20
_TAG_BYTES = 16
_SCRYPT = {"n": 1 << 16, "r": 8, "p": 1, "maxmem": 128 << 20, "dklen": 32}
"""64 MiB and a fifth of a second for each guess."""


class StreamDecryptionError(Exception):
    """A stream that cannot be read; `str()` says why in a line."""


class EncryptingWriter:
    """Writes to a file what is given, encrypted. `finish` must be called: without its last part the file does not open."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        salt = os.urandom(_SALT_BYTES)
        self._file, self._cipher = file, _cipher(passphrase, salt)
        self._buffer = bytearray()
        self._number = 0
        file.write(MAGIC + salt)

    def write(self, data: bytes | memoryview) -> None:
        """Write octets."""
        self._buffer += data
        while len(self._buffer) > _PART_BYTES:
            self._write_part(bytes(self._buffer[:_PART_BYTES]), last=False)
            del self._buffer[:_PART_BYTES]

    def finish(self) -> None:
        """Write the last part."""
        self._write_part(bytes(self._buffer), last=True)

    def _write_part(self, body: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number), body, _associated(last))
        self._file.write(len(sealed).to_bytes(4, "big") + bytes([last]) + sealed)
        self._number += 1


class DecryptingReader:
    """Reads what an EncryptingWriter has written. Raises StreamDecryptionError."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        head = file.read(len(MAGIC) + _SALT_BYTES)
        if not head.startswith(MAGIC) or len(head) < len(MAGIC) + _SALT_BYTES:
            raise StreamDecryptionError("this is no backup of Countersign, or of a version this program does not know")
        self._file, self._cipher = file, _cipher(passphrase, head[len(MAGIC) :])
        self._buffer = bytearray()
        self._number, self._ended = 0, False

    def read(self, count: int) -> bytes:
        """Exactly so many octets. Raises StreamDecryptionError where there are fewer."""
        while len(self._buffer) < count:
            if self._ended:
                raise StreamDecryptionError("the backup ends too early")
            self._read_part()
        found = bytes(self._buffer[:count])
        del self._buffer[:count]
        return found

    def require_end(self) -> None:
        """Nothing more follows. Raises StreamDecryptionError."""
        while not self._ended:
            self._read_part()
        if self._buffer or self._file.read(1):
            raise StreamDecryptionError("the backup goes on after its end")

    def _read_part(self) -> None:
        head = self._file.read(5)
        length = int.from_bytes(head[:4], "big")
        if len(head) < 5 or not _TAG_BYTES <= length <= _PART_BYTES + _TAG_BYTES:
            raise StreamDecryptionError("the backup is cut off or damaged")
        last, sealed = bool(head[4]), self._file.read(length)
        if len(sealed) < length:
            raise StreamDecryptionError("the backup is cut off or damaged")
        try:
            self._buffer += self._cipher.decrypt(_nonce(self._number), sealed, _associated(last))
        except InvalidTag:
            wrong = "the passphrase is wrong, or the backup is damaged" if self._number == 0 else "the backup is damaged"
            raise StreamDecryptionError(wrong) from None
        self._number += 1
        self._ended = last


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(hashlib.scrypt(passphrase.encode(), salt=salt, **_SCRYPT))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _associated(last: bool) -> bytes:
    return MAGIC + (b"last" if last else b"more")
