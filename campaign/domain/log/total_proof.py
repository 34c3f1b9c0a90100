"""Total proofs: the log entry that says a campaign's total, and its proof of inclusion, checked without a network."""

import json
from dataclasses import dataclass
from typing import Self

from campaign.domain.log.checkpoint import Checkpoint
from campaign.domain.log.entry import InvalidEntryError, LogEntry
from campaign.domain.log.merkle import leaf_hash
from campaign.domain.log.note import InvalidNoteError, VerifierKey
from campaign.domain.log.proof import LogProof

TOTAL_PROOF_VERSION = 1
MAX_TOTAL_PROOF_BYTES = 64 * 1024
"""Octets; one has about three thousand."""
_FIELDS = ("key", "entry", "proof")


class InvalidTotalProofError(ValueError):
    """A file that is no total proof, or one that does not hold; `str()` says which part."""


@dataclass(frozen=True, slots=True)
class VerifiedTotal:
    """Total proof that holds, and what it shows."""

    entry: LogEntry
    checkpoint: Checkpoint
    key: VerifierKey
    note: str
    """The signed checkpoint, to the letter."""


@dataclass(frozen=True, slots=True)
class TotalProof:
    """An entry of a campaign, and the proof that the log has it."""

    key: str
    """The verifier key of the log."""
    entry: str
    """Nine lines."""
    proof: str
    """C2SP tlog-proof, with the signed checkpoint."""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """A total proof from its file, JSON. Raises InvalidTotalProofError."""
        try:
            found = json.loads(data) if len(data) <= MAX_TOTAL_PROOF_BYTES else None
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in _FIELDS):
            raise InvalidTotalProofError("it is not a proof of a total, or a part of it is missing")
        return cls(*(found[name] for name in _FIELDS))

    def serialise(self) -> str:
        """The file."""
        facts = {"total_proof": TOTAL_PROOF_VERSION, "key": self.key, "entry": self.entry, "proof": self.proof}
        return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"

    def verify(self, key: VerifierKey | None = None) -> VerifiedTotal:
        """Verify all of it, by a key that is known or else by the one it names. Raises InvalidTotalProofError."""
        try:
            named = VerifierKey.parse(self.key)
        except InvalidNoteError as error:
            raise InvalidTotalProofError(f"its key is none: {error}") from None
        if key is not None and key != named:
            raise InvalidTotalProofError("it is signed with another key than the one you gave")
        try:
            entry = LogEntry.parse(self.entry.encode(errors="replace"))
        except InvalidEntryError:
            raise InvalidTotalProofError("its entry is not one of a count") from None
        try:
            proof = LogProof.parse(self.proof)
            checkpoint = proof.verify(leaf_hash(entry.serialise()), named)
        except InvalidNoteError as error:
            raise InvalidTotalProofError(str(error)) from None
        return VerifiedTotal(entry, checkpoint, named, proof.checkpoint)
