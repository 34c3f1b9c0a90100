"""Requests to a witness (C2SP tlog-witness, add-checkpoint), and the rules by which it cosigns or refuses them."""

import base64
import re
from dataclasses import dataclass
from typing import Self

from campaign.domain.log.checkpoint import Checkpoint, read_hash
from campaign.domain.log.merkle import EMPTY_ROOT, MAX_PROOF_HASHES, is_consistent
from campaign.domain.log.note import InvalidNoteError, Note, VerifierKey, verify_note

MAX_REQUEST_BYTES = 64 * 1024
"""Octets of a request: 63 hashes and a checkpoint with a hundred signatures are 20,000."""
SIZE_CONTENT_TYPE = "text/x.tlog.size"
"""Content type of the answer that says which size the witness has cosigned."""
_OLD_SIZE = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """Request of a log to a witness: cosign this checkpoint, which continues the tree of `old_size` leaves."""

    old_size: int
    proof: tuple[bytes, ...]
    """Consistency proof from the old size."""
    note: str
    """The signed checkpoint, to the letter."""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """A request from its body. Raises InvalidNoteError."""
        try:
            head, blank, note = body.decode().partition("\n\n")
        except UnicodeDecodeError:
            raise InvalidNoteError("the request is not UTF-8") from None
        first, *hashes = head.split("\n")
        found = _OLD_SIZE.fullmatch(first)
        if not blank or not found or len(hashes) > MAX_PROOF_HASHES:
            raise InvalidNoteError("the request is not an old size, a proof and a checkpoint")
        return cls(int(found[1]), tuple(map(read_hash, hashes)), note)

    def serialise(self) -> bytes:
        """The body of the request."""
        lines = [f"old {self.old_size}", *(base64.b64encode(each).decode() for each in self.proof)]
        return ("\n".join(lines) + "\n\n" + self.note).encode()


class RefusedCheckpointError(Exception):
    """A checkpoint that a witness does not cosign: status, and what the answer says; `size` where it is the cosigned one.

    `is_fork` where the log has signed two histories, which the checkpoint is evidence of. A proof that does not hold is none:
    anybody can offer a checkpoint with a wrong one.
    """

    def __init__(self, status: int, message: str, *, size: int | None = None, is_fork: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.size = size
        self.is_fork = is_fork


def judge_checkpoint(request: AddCheckpoint, log_key: VerifierKey, last: Checkpoint | None) -> tuple[Note, Checkpoint]:
    """The checkpoint that may be cosigned, given the last one that was. Raises RefusedCheckpointError.

    The caller holds a lock from reading `last` until the new checkpoint is on disk.
    """
    try:
        note = Note.parse(request.note)
        verify_note(note, [log_key])
    except InvalidNoteError as error:
        raise RefusedCheckpointError(403, str(error)) from None
    try:
        checkpoint = Checkpoint.parse_text(note.text)
    except InvalidNoteError as error:
        raise RefusedCheckpointError(400, str(error)) from None
    if request.old_size > checkpoint.size:
        raise RefusedCheckpointError(400, "the old size is larger than the checkpoint's")
    known = last.size if last else 0
    if request.old_size != known:
        raise RefusedCheckpointError(409, "the old size is not that of the last cosigned checkpoint", size=known)
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise RefusedCheckpointError(422, "an empty tree has another root")
    if last is not None and known == checkpoint.size and last.root != checkpoint.root:
        raise RefusedCheckpointError(422, f"it had another root with the same {known} entries", is_fork=True)
    if not is_consistent(known, last.root if last else EMPTY_ROOT, checkpoint.size, checkpoint.root, request.proof):
        raise RefusedCheckpointError(422, "the tree does not continue the one that was cosigned before")
    return note, checkpoint


def read_origin(note: str) -> str:
    """The origin that a checkpoint names, which says whose key to verify it with. Nothing is verified yet."""
    return note.partition("\n")[0]
