"""Proofs of inclusion as text (C2SP tlog-proof): index, audit path and checkpoint, checked without a network."""

import base64
import re
from dataclasses import dataclass
from typing import Self

from campaign.domain.log.checkpoint import Checkpoint, read_hash, verify_checkpoint
from campaign.domain.log.merkle import MAX_PROOF_HASHES, inclusion_proof_length, is_included
from campaign.domain.log.note import InvalidNoteError, VerifierKey

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class LogProof:
    """Proof that an entry is in the log."""

    index: int
    path: tuple[bytes, ...]
    """Hashes from the sibling of the leaf up."""
    checkpoint: str
    """The signed checkpoint, to the letter."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """A proof from its text. Raises InvalidNoteError."""
        head, blank, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or lines[0] != PROOF_HEADER:
            raise InvalidNoteError("it is not a proof of inclusion")
        if len(lines) > 1 and lines[1].startswith("extra "):
            del lines[1]
        found = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
        if not found or len(lines) > 2 + MAX_PROOF_HASHES:
            raise InvalidNoteError("it is not a proof of inclusion")
        return cls(int(found[1]), tuple(read_hash(line) for line in lines[2:]), checkpoint)

    def serialise(self) -> str:
        """The proof as it is handed out."""
        lines = [PROOF_HEADER, f"index {self.index}", *(base64.b64encode(each).decode() for each in self.path)]
        return "\n".join(lines) + "\n\n" + self.checkpoint

    def verify(self, leaf: bytes, key: VerifierKey) -> Checkpoint:
        """The checkpoint of the tree that the leaf hash is in. Raises InvalidNoteError where it is not, or nobody signed it."""
        checkpoint = verify_checkpoint(self.checkpoint, key)
        if self.index >= checkpoint.size:
            raise InvalidNoteError("the checkpoint is older than the entry")
        needed = inclusion_proof_length(self.index, checkpoint.size)
        if len(self.path) < needed:
            raise InvalidNoteError(f"the proof is cut off: it has {len(self.path)} of {needed} hashes")
        if not is_included(leaf, self.index, checkpoint.size, self.path, checkpoint.root):
            raise InvalidNoteError("the proof does not lead from the entry to the root that was signed")
        return checkpoint
