"""Receipts: one text file by which a signatory shows that their signature is in the count, without asking anybody."""

import re
from dataclasses import dataclass
from typing import Self

from campaign.domain.log.checkpoint import Checkpoint
from campaign.domain.log.entry import SALT_BYTES, InvalidEntryError, LogEntry, Statement, is_commitment_to
from campaign.domain.log.merkle import leaf_hash
from campaign.domain.log.note import InvalidNoteError, VerifierKey
from campaign.domain.log.proof import LogProof

RECEIPT_HEADER = "countersign-receipt/1"
MAX_RECEIPT_BYTES = 64 * 1024
"""Octets; a receipt has about three thousand."""
_FIELDS = ("text", "name", "address", "postcode", "country", "kind")
_SECTIONS = ("statement", "salt", "entry", "key", "proof")
_SECTION = re.compile(rf"^== ({'|'.join(_SECTIONS)})\n", re.MULTILINE)


class InvalidReceiptError(ValueError):
    """A file that is no receipt, or a receipt that does not hold; `str()` says which part."""


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """Receipt that holds, and what it shows."""

    entry: LogEntry
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Receipt:
    """A statement, the salt of its commitment, the entry, and the proof that the entry is in the log."""

    statement: Statement
    salt: bytes
    entry: bytes
    key: str
    proof: str
    note: str = ""
    """Words for people; nothing is verified by them."""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """A receipt from its file. Raises InvalidReceiptError."""
        if len(data) > MAX_RECEIPT_BYTES:
            raise InvalidReceiptError("it is too long for a receipt")
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise InvalidReceiptError("it is not a receipt: not text") from None
        head, *rest = _SECTION.split(text)
        if not head.startswith(RECEIPT_HEADER + "\n") or tuple(rest[::2]) != _SECTIONS:
            raise InvalidReceiptError("it is not a receipt, or a part of it is missing")
        statement, salt, entry, key, proof = rest[1::2]
        return cls(_read_statement(statement), _read_salt(salt), entry.encode(), key.strip(), proof, head.partition("\n")[2])

    def serialise(self) -> str:
        """The file."""
        fields = zip(_FIELDS, self.statement.lines(), strict=True)
        lines = "".join(f"{name}: {value}\n" for name, value in fields)
        note = self.note if not self.note or self.note.endswith("\n") else self.note + "\n"
        return (
            f"{RECEIPT_HEADER}\n{note}== statement\n{lines}== salt\n{self.salt.hex()}\n== entry\n{self.entry.decode()}"
            f"== key\n{self.key}\n== proof\n{self.proof}"
        )

    def verify(self, key: VerifierKey | None = None) -> VerifiedReceipt:
        """Verify all of it, by a key that is known or else by the one it names. Raises InvalidReceiptError."""
        try:
            entry = LogEntry.parse(self.entry)
            named = VerifierKey.parse(self.key)
        except InvalidEntryError:
            raise InvalidReceiptError("its entry is not one of a count") from None
        except InvalidNoteError as error:
            raise InvalidReceiptError(f"its key is none: {error}") from None
        if key is not None and key != named:
            raise InvalidReceiptError("it is signed with another key than the one you gave")
        if not is_commitment_to(entry.commitment, self.salt, self.statement):
            raise InvalidReceiptError("the entry is not that of this signature: a detail, or the salt, was changed")
        try:
            checkpoint = LogProof.parse(self.proof).verify(leaf_hash(self.entry), named)
        except InvalidNoteError as error:
            raise InvalidReceiptError(f"its proof does not hold: {error}") from None
        return VerifiedReceipt(entry, checkpoint)


def _read_statement(text: str) -> Statement:
    values = []
    lines = text.removesuffix("\n").split("\n")
    for line, name in zip(lines, _FIELDS, strict=False):
        label, colon, value = line.partition(": ") if ": " in line else line.partition(":")
        if label != name or not colon:
            raise InvalidReceiptError(f"its statement has no line “{name}: …” where it should be")
        values.append(value)
    if len(lines) != len(_FIELDS):
        raise InvalidReceiptError("its statement has not six lines")
    return Statement(*values)


def _read_salt(text: str) -> bytes:
    try:
        salt = bytes.fromhex(text.strip())
    except ValueError:
        salt = b""
    if len(salt) != SALT_BYTES:
        raise InvalidReceiptError("its salt is not 64 hexadecimal digits")
    return salt
