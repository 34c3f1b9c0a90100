"""Checkpoints (C2SP tlog-checkpoint): how large the log is and what its root is, as a signed note."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Self

from campaign.domain.log.note import InvalidNoteError, Note, SignerKey, VerifierKey, verify_note
from campaign.domain.log.tiles import HASH_BYTES

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Head of a log at one size."""

    origin: str
    """The name of the log: the address of its prefix without the scheme."""
    size: int
    root: bytes
    """32 octets."""

    @classmethod
    def parse_text(cls, text: str) -> Self:
        """A checkpoint from the text of a note. Raises InvalidNoteError."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]) or not _SIZE.fullmatch(lines[1]):
            raise InvalidNoteError("it is not a checkpoint")
        return cls(lines[0], int(lines[1]), read_hash(lines[2]))

    @property
    def root_text(self) -> str:
        """The root in base64, as a checkpoint says it."""
        return base64.b64encode(self.root).decode()

    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{self.root_text}\n"

    def sign(self, key: SignerKey) -> Note:
        """The checkpoint as a note signed by the log."""
        return key.sign(self.text())


def verify_checkpoint(data: bytes | str, key: VerifierKey) -> Checkpoint:
    """The checkpoint of a log, checked against its key. Raises InvalidNoteError."""
    note = Note.parse(data)
    verify_note(note, [key])
    checkpoint = Checkpoint.parse_text(note.text)
    if checkpoint.origin != key.name:
        raise InvalidNoteError("it is the checkpoint of another log")
    return checkpoint


def read_hash(text: str) -> bytes:
    """A hash in base64, 32 octets. Raises InvalidNoteError."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != HASH_BYTES or base64.b64encode(data).decode() != text:
        raise InvalidNoteError("a hash is not 32 octets in base64")
    return data
