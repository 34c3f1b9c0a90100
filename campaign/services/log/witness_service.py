"""A witness of logs (C2SP tlog-witness), for anybody's machine: it remembers the last checkpoint of each log, and cosigns only
what continues it.

Its memory is a folder of text files, one a log, each a checkpoint with signatures of log and witness. No cosignature leaves
before the checkpoint is on the disk, so that no crash lets it cosign two histories. It needs neither database nor settings.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from campaign.domain.log.add_checkpoint import AddCheckpoint, RefusedCheckpointError, judge_checkpoint, read_origin
from campaign.domain.log.checkpoint import Checkpoint, verify_checkpoint
from campaign.domain.log.cosignature import cosign
from campaign.domain.log.merkle import Tree
from campaign.domain.log.note import InvalidNoteError, Note, SignerKey, VerifierKey
from campaign.domain.log.tiles import tile_path

MAX_EVIDENCE_FILES = 20
"""Refused checkpoints that are kept of one log: one is evidence enough."""


class WitnessStateError(Exception):
    """The memory of the witness cannot be used; `str()` is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint that was cosigned now; `old_size` is that of the one before."""

    checkpoint: Checkpoint
    old_size: int
    line: str
    """The signature line of the witness, with its end."""


class WitnessService:
    """The witness: one process a folder. May be called from several threads."""

    def __init__(self, key: SignerKey, folder: Path, logs: Mapping[str, VerifierKey], unix_time: Callable[[], int]) -> None:
        """`logs` are the keys of the logs it knows, by origin; `unix_time` gives seconds of the epoch.

        Raises WitnessStateError where a remembered checkpoint cannot be read: forgetting it would let a log rewrite history.
        """
        self._key, self._folder, self._logs, self._unix_time = key, folder, dict(logs), unix_time
        self._locks = {origin: threading.Lock() for origin in logs}
        self._last = {origin: self._remembered(origin) for origin in logs}

    def size(self, origin: str) -> int:
        """Leaves of the last tree it has cosigned of a log; 0 before the first."""
        last = self._last[origin]
        return last[1].size if last else 0

    def add_checkpoint(self, body: bytes) -> Cosigned:
        """Cosign what a log asks for. Raises RefusedCheckpointError with the status of the answer."""
        try:
            request = AddCheckpoint.parse(body)
        except InvalidNoteError as error:
            raise RefusedCheckpointError(400, str(error)) from None
        return self._add(read_origin(request.note), request)

    def follow(self, origin: str, fetch: Callable[[str], bytes]) -> Cosigned | None:
        """Cosign what a log publishes, proved from its tiles; None where nothing has come since. `fetch` reads a path below
        the prefix of the log and may raise what it likes.

        Raises RefusedCheckpointError, with status 409 where an older checkpoint than the remembered one is published.
        """
        last = self._last[origin]
        size = last[1].size if last else 0
        note = fetch("checkpoint").decode(errors="replace")
        try:
            newest = verify_checkpoint(note, self._logs[origin])
        except InvalidNoteError as error:
            raise RefusedCheckpointError(403, str(error)) from None
        if newest.size < size:
            raise RefusedCheckpointError(409, f"it publishes {newest.size} entries, but had {size}", size=size)
        tree = Tree(newest.size, lambda level, index, width: fetch(tile_path(level, index, width)))
        try:
            proof, root = tree.consistency_proof(size), tree.root()
        except ValueError as error:
            raise RefusedCheckpointError(400, str(error)) from None
        if root != newest.root:
            raise RefusedCheckpointError(400, "its tiles are not those of its checkpoint")
        try:
            cosigned = self._add(origin, AddCheckpoint(size, tuple(proof), note))
        except RefusedCheckpointError as refusal:
            if refusal.status == 409 and self.size(origin) != size:
                return None  # it was offered meanwhile
            if refusal.status == 422 and not refusal.is_fork:
                # Its tiles lead to its root, so its older part is not what it was: signed by itself.
                self._keep_evidence(origin, note)
            raise
        return None if last and last[1] == cosigned.checkpoint else cosigned

    def published(self, origin_hash: str) -> str | None:
        """The last checkpoint of a log with the cosignature, by the SHA-256 of its origin in hexadecimal digits."""
        for origin, last in self._last.items():
            if last is not None and _name(origin) == origin_hash:
                return last[0]
        return None

    def _add(self, origin: str, request: AddCheckpoint) -> Cosigned:
        if origin not in self._logs:
            raise RefusedCheckpointError(404, "this witness does not know the log")
        # From reading what is remembered until the new one is on disk: else two requests could roll each other back.
        with self._locks[origin]:
            last, log_key = self._last[origin], self._logs[origin]
            try:
                note, checkpoint = judge_checkpoint(request, log_key, last[1] if last else None)
            except RefusedCheckpointError as refusal:
                if refusal.is_fork:
                    self._keep_evidence(origin, request.note)
                raise
            signed = next(each for each in note.signatures if log_key.signs(each))
            cosignature = cosign(note.text, self._key, self._unix_time())
            text = Note(note.text, (signed, cosignature)).serialise()
            write_durably(self._path(origin), text)
            self._last[origin] = (text, checkpoint)
            return Cosigned(checkpoint, request.old_size, cosignature.line())

    def _remembered(self, origin: str) -> tuple[str, Checkpoint] | None:
        path = self._path(origin)
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise WitnessStateError(f"{path} cannot be read ({error}); put it back from a copy") from None
        try:
            return text, verify_checkpoint(text, self._logs[origin])
        except InvalidNoteError as error:
            raise WitnessStateError(
                f"{path} is not what this witness has written ({error}); put it back from a copy, or begin anew with another "
                "key: a witness that has forgotten could cosign two histories"
            ) from None

    def _keep_evidence(self, origin: str, note: str) -> None:
        """Keep a checkpoint that the log has signed and that contradicts an earlier one: who runs it has to explain."""
        name = hashlib.sha256(note.encode()).hexdigest()[:16]
        if len(list(self._folder.glob(f"{_name(origin)}.refused.*"))) < MAX_EVIDENCE_FILES:
            write_durably(self._folder / f"{_name(origin)}.refused.{name}", note)

    def _path(self, origin: str) -> Path:
        return self._folder / f"{_name(origin)}.checkpoint"


def known_log_key(folder: Path, origin: str) -> VerifierKey | None:
    """The key by which the witness knows a log; None where it does not yet. Raises WitnessStateError."""
    path = folder / f"{_name(origin)}.key"
    try:
        return VerifierKey.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, InvalidNoteError) as error:
        raise WitnessStateError(f"{path} cannot be read ({error}); put it back from a copy") from None


def remember_log_key(folder: Path, key: VerifierKey) -> None:
    """Know a log by its key from now on."""
    write_durably(folder / f"{_name(key.name)}.key", key.serialise() + "\n")


def write_durably(path: Path, text: str) -> None:
    """Replace a file in one step; on the disk when this returns."""
    temporary = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _name(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()
